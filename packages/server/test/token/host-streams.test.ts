import { initTRPC } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { CountersignContext } from '../../src/index.ts';
import { sharedServer } from '../support/shared-server.ts';
import { bearer, issue } from '../support/tokens.ts';
import { transfer, transferData } from '../support/transfer.ts';

const shared = sharedServer({ operations: { transfer } });
const t = initTRPC.context<CountersignContext>().create();

const silent = () => observable<number>(() => () => undefined);

/** Procedures that stream in every way there is, how often their generators were told to end, and a token for them. */
async function streaming() {
  const { cs } = shared();
  const late = Promise.withResolvers<string>();
  let returned = 0;
  async function* ticks(ends?: AbortSignal): AsyncGenerator<number, void> {
    try {
      for (let tick = 0; ends?.aborted !== true; tick += 1) {
        yield tick;
        await sleep(20);
      }
    } finally {
      returned += 1;
    }
  }
  const router = t.router({
    subscription: t.procedure.concat(cs.scoped).subscription(({ ctx }) => ticks(ctx.ends)),
    query: t.procedure.concat(cs.scoped).query(() => ticks()),
    field: t.procedure.concat(cs.scoped).query(() => ({ name: 'ticks', ticks: ticks() })),
    mutation: t.procedure.concat(cs.scoped).mutation(() => ticks()),
    bare: t.procedure
      .concat(cs.scoped)
      .query(() => Object.assign(Object.create(null) as object, { ticks: ticks() })),
    // An iterable that is a record as well.
    record: t.procedure
      .concat(cs.scoped)
      .query((): AsyncIterable<number> => ({ [Symbol.asyncIterator]: () => ticks() })),
    promised: t.procedure.concat(cs.scoped).query(() => ({ later: Promise.resolve({ ticks: ticks() }) })),
    streamed: t.procedure.concat(cs.scoped).query(async function* () {
      yield { ticks: ticks() };
    }),
    late: t.procedure.concat(cs.scoped).query(() => ({ late: late.promise })),
    // Deprecated in tRPC, and still possible.
    observable: t.procedure.concat(cs.scoped).subscription(silent as unknown as () => AsyncGenerator<number>),
  });
  const paths = Object.keys(router._def.procedures);
  const { id, token } = await issue(shared(), { scope: { rpc: { q: paths, m: paths, s: paths } } });
  const request = new Request('http://host.example/', { headers: bearer(token) });
  const caller = router.createCaller(cs.context(await cs.authenticate(request)));
  const revoke = () => cs.core.scopedToken.revoke(cs.core.context({ kind: 'service' }), { id });
  return {
    caller,
    revoke,
    late,
    returned: () => returned,
    watched: () => cs.context(null).countersign.credentials.watched,
  };
}

type Streaming = Awaited<ReturnType<typeof streaming>>;

it.each<[string, (caller: Streaming['caller']) => Promise<AsyncIterable<number>>]>([
  ['a subscription', (caller) => caller.subscription() as Promise<AsyncIterable<number>>],
  ['the answer of a query', (caller) => caller.query()],
  ['the answer of a mutation', (caller) => caller.mutation()],
  ['a field of an answer', async (caller) => (await caller.field()).ticks],
  ['an answer that is a record besides', (caller) => caller.record()],
  ['a field of an answer without a prototype', async (caller) => (await caller.bare()).ticks],
  ['a part of an answer that was promised', async (caller) => (await (await caller.promised()).later).ticks],
  [
    'an item of another stream',
    async (caller) => {
      for await (const { ticks } of await caller.streamed()) return ticks;
      throw new Error('there was no item');
    },
  ],
])('what streams as %s ends with the token, and its generator is told', async (_name, open) => {
  const { caller, revoke, returned, watched } = await streaming();
  const before = watched();
  const told: number[] = [];
  const reading = (async () => {
    for await (const tick of await open(caller)) told.push(tick);
  })();
  const end = reading.then(
    () => null,
    (error: unknown) => error,
  );
  await expect.poll(() => told.length).toBeGreaterThan(2);
  await revoke();
  expect(await end).toMatchObject({ code: 'UNAUTHORIZED' });
  const toldThen = told.length;
  await sleep(100);
  expect(told.length).toBe(toldThen);
  await expect.poll(returned).toBe(1);
  await expect.poll(watched).toBe(before);
});

it('what an answer promises is given while the token counts, and reaches nobody afterwards', async () => {
  const kept = await streaming();
  const inTime = await kept.caller.late();
  kept.late.resolve('a secret');
  expect(await inTime.late).toBe('a secret');

  const { caller, revoke, late } = await streaming();
  const answer = await caller.late();
  const unread = await caller.late(); // which ends no process
  await revoke();
  late.resolve('a secret');
  await expect(answer.late).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect(unread).toHaveProperty('late');
});

it('a subscription that is no async generator is refused by name, and leaves nothing behind', async () => {
  const { caller, watched } = await streaming();
  const before = watched();
  for (let turn = 0; turn < 20; turn += 1)
    await expect(caller.observable()).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  expect(watched()).toBe(before);
  expect(shared().log.join('')).toContain('must be an async generator');
});

it('nothing but a mutation can be paid for: the audit says so, and no call is carried out', async () => {
  const { cs } = shared();
  let executed = 0;
  const paid = t.procedure.input(transfer.data).use(cs.paidBy(transfer));
  const router = t.router({
    read: paid.query(() => (executed += 1)),
    follow: paid.subscription(async function* () {
      yield (executed += 1);
    }),
  });
  await expect(cs.audit(router)).rejects.toMatchObject({
    findings: [
      expect.stringContaining('read is paid for'),
      expect.stringContaining('follow is paid for'),
    ] as unknown,
  });
  const { token } = await issue(shared(), { scope: { rpc: { q: ['read'], s: ['follow'] } } });
  const request = new Request('http://host.example/', { headers: bearer(token) });
  const caller = router.createCaller(cs.context(await cs.authenticate(request)));
  await expect(caller.read(transferData)).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  await expect(caller.follow(transferData)).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  expect(executed).toBe(0);
});
