import { randomBytes } from 'node:crypto';
import { defaultLimits } from '@countersign/core';
import { createCountersign, defineOperation, otp } from '@countersign/server';
import { z } from 'zod';
import { createDatabase } from '../database.ts';
import type { Contender, Scenario } from '../scenario.ts';

const transfer = defineOperation({
  slug: 'transfer',
  data: z.strictObject({ amountCents: z.number().int().positive() }),
  title: 'Transfer money',
});

const limits = {
  ...defaultLimits,
  sendsPerSubjectDayMax: 1_000_000,
  sendsPerRecipientDayMax: 1_000_000,
  sendsPerRecipient10MinutesMax: 1_000_000,
};

const subjects = 1000;

export const telemetry: Scenario = {
  name: 'telemetry',
  title: 'create → grant → consume through the procedures, with metrics; the floor is the same without',
  settings: '1,000 subjects, 10 connections each, fsync and synchronous_commit on, nobody reads the metrics',
  async open({ url }) {
    const measured = await openOne(await createDatabase(url, 'bench_with'), true);
    const without = await openOne(await createDatabase(url, 'bench_without'), false);
    return {
      inFlight: [16],
      ours: { name: 'with metrics', run: measured.run },
      floor: { name: 'without', run: without.run },
      async close() {
        await measured.close();
        await without.close();
      },
    };
  },
};

async function openOne(
  database: string,
  enabled: boolean,
): Promise<Pick<Contender, 'run'> & { close(): Promise<void> }> {
  const codes = new Map<string, string>();
  const cs = await createCountersign({
    issuer: 'Bench',
    audience: 'bench',
    database,
    secret: randomBytes(32).toString('base64'),
    methods: [otp({ send: (message) => Promise.resolve(void codes.set(message.to, message.code)) })],
    operations: { transfer },
    limits,
    sweep: false,
    webhooks: false,
    metrics: { enabled },
  });
  const { authorizationRequest } = cs.createCaller({ kind: 'service' });
  return {
    async run(turn) {
      const subjectId = `subject-${turn % subjects}`;
      const address = `person-${turn}@example.org`;
      const data = { amountCents: 100 + turn };
      const deliverTo = { channel: 'email', address } as const;
      const { id } = await authorizationRequest.create({ slug: 'transfer', subjectId, data, deliverTo });
      const code = codes.get(address) ?? '';
      codes.delete(address);
      const { granted } = await authorizationRequest.grant({ id, proof: { method: 'otp', code } });
      if (!granted) throw new Error('our own code was judged wrong');
      await authorizationRequest.consume({ id, slug: 'transfer', subjectId, data });
    },
    close: () => cs.close(),
  };
}
