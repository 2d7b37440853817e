import { randomBytes } from 'node:crypto';
import { defaultLimits, defineOperation, openCore, otp } from '@countersign/core';
import { z } from 'zod';
import { createDatabase } from '../database.ts';
import { openFloorCycle } from '../floor/cycle.ts';
import type { Scenario } from '../scenario.ts';

const transfer = defineOperation({
  slug: 'transfer',
  data: z.strictObject({ to: z.string(), amountCents: z.number().int().positive(), note: z.string() }),
  title: 'Transfer money',
  facts: (data) => ({ To: data.to, Amount: `€ ${(data.amountCents / 100).toFixed(2)}`, Note: data.note }),
});

/** Enough of everything that no limit is met: what is measured is the way through, not the refusal. */
const limits = {
  ...defaultLimits,
  sendsPerSubjectDayMax: 1_000_000,
  sendsPerRecipientDayMax: 1_000_000,
  sendsPerRecipient10MinutesMax: 1_000_000,
};

const subjects = 1000;

export const cycle: Scenario = {
  name: 'cycle',
  title: 'create (one-time code) → grant with the code → consume, in process',
  settings: '1,000 subjects, 10 connections, fsync and synchronous_commit on, four durable commits',
  async open({ url }) {
    const codes = new Map<string, string>();
    const core = await openCore({
      database: await createDatabase(url, 'bench_ours'),
      secret: randomBytes(32).toString('base64'),
      methods: [otp({ send: (message) => Promise.resolve(void codes.set(message.to, message.code)) })],
      operations: [transfer],
      limits,
      sweep: false,
    });
    const service = core.context({ kind: 'service' });
    const floor = await openFloorCycle(await createDatabase(url, 'bench_floor'));
    const dataOf = (turn: number) => ({
      to: 'GB29 NWBK 6016 1331 9268 19',
      amountCents: 100 + turn,
      note: 'rent',
    });
    return {
      inFlight: [1, 16],
      ours: {
        name: 'countersign',
        async run(turn) {
          const subjectId = `subject-${turn % subjects}`;
          const address = `person-${turn}@example.org`;
          const data = dataOf(turn);
          const { id } = await core.authorizationRequest.create(service, {
            slug: 'transfer',
            subjectId,
            data,
            deliverTo: { channel: 'email', address },
          });
          const code = codes.get(address) ?? '';
          codes.delete(address);
          const granted = await core.authorizationRequest.grant(service, {
            id,
            proof: { method: 'otp', code },
          });
          if (!granted.granted) throw new Error('our own code was judged wrong');
          await core.authorizationRequest.consume(service, { id, slug: 'transfer', subjectId, data });
        },
      },
      floor: { name: 'floor', run: (turn) => floor.cycle(`subject-${turn % subjects}`, dataOf(turn)) },
      async close() {
        await core.close();
        await floor.close();
      },
    };
  },
};
