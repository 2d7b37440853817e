/** One node with its streams, which grants requests itself, and beside it a bare writer that notifies. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCountersign, otp } from '@countersign/server';
import { defaultLimits } from '@countersign/core';
import { answerParent, orderOfParent } from '../answer-parent.ts';
import { openNotifier } from '../floor/listen.ts';
import { now } from '../now.ts';
import type { RpcAt } from './rpc-program.ts';

export interface StreamOrder {
  readonly database: string;
}
export type StreamQuestion =
  | { readonly kind: 'memory' }
  | { readonly kind: 'grant'; readonly subjectId: string }
  | { readonly kind: 'notify'; readonly name: string };
export interface Memory {
  readonly heapBytes: number;
  readonly rssBytes: number;
}
/** When the statement was sent that commits, and when its answer was there: milliseconds of {@link now}. */
export interface Committed {
  readonly name: string;
  readonly sentAt: number;
  readonly committedAt: number;
}

const { database } = orderOfParent() as StreamOrder;
const notify = await openNotifier(database);
const serviceKey = `csk_${randomBytes(32).toString('base64url')}`;
const code = '12345678';
const many = 1_000_000;
const cs = await createCountersign({
  issuer: 'Bench',
  audience: 'bench.example',
  secret: randomBytes(32).toString('base64'),
  database,
  serviceKey,
  methods: [otp({ send: () => Promise.resolve(), generate: () => code })],
  limits: { ...defaultLimits, sendsPerSubjectDayMax: many },
  sweep: false,
});
const server = createServer();
cs.attachWebSocket(server);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

let turn = 0;

async function grant(subjectId: string): Promise<Committed> {
  const { core } = cs;
  const service = core.context({ kind: 'service' });
  turn += 1;
  const { id } = await core.authorizationRequest.create(service, {
    slug: 'transfer',
    subjectId,
    data: { turn },
    title: 'Transfer money',
    deliverTo: { channel: 'email', address: `person-${turn}@example.org` },
  });
  await sleep(20); // What creating it had to tell is told.
  // The last statement of a grant is the one that commits it.
  let sentAt = 0;
  const query: typeof service.db.query = (...statement) => {
    sentAt = now();
    return service.db.query(...statement);
  };
  let committedAt = 0;
  const wake = (changed: readonly string[]) => {
    committedAt = now();
    service.wake(changed);
  };
  const watched = { ...service, db: { ...service.db, query }, wake };
  const { granted } = await core.authorizationRequest.grant(watched, { id, proof: { method: 'otp', code } });
  if (!granted) throw new Error('our own code was judged wrong');
  return { name: id, sentAt, committedAt };
}

async function memory(): Promise<Memory> {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.();
    await sleep(50);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + external, rssBytes: rss };
}

async function answer(question: StreamQuestion): Promise<Memory | Committed> {
  switch (question.kind) {
    case 'memory':
      return await memory();
    case 'grant':
      return await grant(question.subjectId);
    case 'notify': {
      const sentAt = now();
      await notify(question.name);
      return { name: question.name, sentAt, committedAt: now() };
    }
  }
}

answerParent(
  { port: (server.address() as AddressInfo).port, authorization: `Bearer ${serviceKey}` } satisfies RpcAt,
  (question) => answer(question as StreamQuestion),
  async () => {
    server.close();
    server.closeAllConnections();
    await cs.close();
  },
);
