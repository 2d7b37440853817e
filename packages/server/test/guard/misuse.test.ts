import { defineOperation } from '@countersign/core';
import { initTRPC } from '@trpc/server';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CountersignContext } from '../../src/index.ts';
import { sharedServer } from '../support/shared-server.ts';
import { transfer, transferData } from '../support/transfer.ts';
import { randomUUID } from 'node:crypto';
import { ada, openLedger, Payment, type BankContext } from './bank.ts';
import { mailedCodes, refusalOf } from './approve.ts';

const { method, approve } = mailedCodes();
const server = sharedServer({ methods: [method], operations: { transfer } });
const t = initTRPC.context<CountersignContext>().create();
const context = () => server().cs.context(ada);
beforeEach(() => void ((server().log as string[]).length = 0));

/** A guard that was put where it cannot keep its promise: the caller learns nothing, the log what to change. */
async function expectMisuse(call: Promise<unknown>, told: RegExp): Promise<void> {
  const { code, error } = await refusalOf(call);
  expect(code).toBe('INTERNAL_SERVER_ERROR');
  expect(error.message).not.toMatch(told);
  expect(server().log.join('\n')).toMatch(told);
}

describe('a guard that is misplaced runs nothing and says so in the log', () => {
  it('on a query', async () => {
    const router = t.router({ pay: t.procedure.concat(server().cs.guard(transfer)).query(() => 'paid') });
    await expectMisuse(router.createCaller(context()).pay(transferData), /guarded and no mutation/);
  });

  it('before .input()', async () => {
    const router = t.router({
      pay: t.procedure
        .use(
          // @ts-expect-error there is no input yet
          server().cs.guard(transfer).middleware,
        )
        .input(transfer.data)
        .mutation(() => 'paid'),
    });
    await expectMisuse(router.createCaller(context()).pay(transferData), /before \.input\(\)/);
  });

  it('twice on one procedure', async () => {
    const once = t.procedure.concat(server().cs.guard(transfer));
    const router = t.router({ pay: once.concat(server().cs.guard(transfer)).mutation(() => 'paid') });
    const caller = router.createCaller(context());
    const { request } = await refusalOf(caller.pay(transferData));
    await approve(server().cs, ada, request);
    await expectMisuse(caller.pay(transferData), /guarded twice/);
  });

  it('on an answer of which something is still to come after its transaction, which is rolled back', async () => {
    await using ledger = await openLedger(server());
    const progress = () => (async function* () {})();
    const later = () => Promise.resolve('sent');
    const bare = (fields: object): object => Object.assign(Object.create(null) as object, fields);
    const answers: (() => unknown)[] = [
      progress,
      () => ({ paid: 1, progress: progress() }),
      () => ({ paid: 1, steps: [{ progress: progress() }] }),
      () => bare({ progress: progress() }),
      () => ({ paid: 1, later: later() }),
      () => [undefined, [later()]],
    ];
    const bank = initTRPC.context<BankContext>().create();
    let answer = (): unknown => null;
    const router = bank.router({
      pay: bank.procedure.concat(server().cs.guard(transfer)).mutation(async ({ ctx }) => {
        const id = randomUUID();
        await ctx.em.insert(Payment, { id, ...transferData, authorizationRequestId: ctx.authorization.id });
        return answer();
      }),
    });
    const grace = { kind: 'subject', subjectId: 'grace', sessionId: 'session' } as const;
    const caller = router.createCaller({ ...server().cs.context(grace), em: ledger.orm.em.fork() });
    const { request } = await refusalOf(caller.pay(transferData));
    await approve(server().cs, grace, request);
    for (answer of answers) {
      (server().log as string[]).length = 0;
      await expectMisuse(caller.pay(transferData), /streams its answer/);
      expect(await ledger.payments()).toEqual([]);
    }
    const cycle: { paid: number; self?: unknown } = { paid: 1 };
    cycle.self = [cycle];
    answer = () => cycle;
    expect(await caller.pay(transferData)).toBe(cycle);
    expect(await ledger.payments()).toHaveLength(1);
  });

  it('without our part of the context, at the first call', async () => {
    const router = t.router({ pay: t.procedure.concat(server().cs.guard(transfer)).mutation(() => 'paid') });
    const { code, error } = await refusalOf(router.createCaller({} as CountersignContext).pay(transferData));
    expect(code).toBe('INTERNAL_SERVER_ERROR');
    expect(error.cause).toMatchObject({ cause: { name: 'MissingContextError' } });
  });

  it('for an operation that createCountersign was not given, at once', () => {
    const stranger = defineOperation({ slug: 'stranger', data: z.strictObject({}), title: 'Strange' });
    expect(() => server().cs.guard(stranger)).toThrow('"stranger" is not among the operations');
    // The same slug is not the same operation.
    expect(() => server().cs.guard(defineOperation({ ...transfer }))).toThrow(TypeError);
  });
});

describe('the audit of a router', () => {
  it('takes a guard for an answer to who may call', async () => {
    const router = t.router({
      a: t.procedure.concat(server().cs.guard(transfer)).mutation(() => 'paid'),
      b: t.procedure
        .input(transfer.data)
        .use(server().cs.guard(transfer).middleware)
        .mutation(() => 'paid'),
    });
    await expect(server().cs.audit(router)).resolves.toBeUndefined();
  });

  it('finds guards on what is no mutation, and two on one procedure', async () => {
    const guard = () => server().cs.guard(transfer);
    const router = t.router({
      read: t.procedure.concat(guard()).query(() => 'read'),
      twice: t.procedure
        .concat(guard())
        .concat(guard())
        .mutation(() => 'paid'),
    });
    await expect(server().cs.audit(router)).rejects.toThrow(
      /read is guarded and no mutation[^]*twice is guarded twice/,
    );
  });
});
