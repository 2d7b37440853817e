import { otp } from '@countersign/core';
import { initTRPC } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import type { CountersignContext } from '../../src/context.ts';
import type { Countersign } from '../../src/countersign.ts';
import {
  createTestCountersign,
  requiredAuthorization,
  type TestApp,
  type TestCountersign,
  type TestCountersignWithApp,
} from '../../testing/index.ts';
import '../../testing/vitest.ts';
import { transferData } from '../support/transfer.ts';
import { openBank, operations, type BankRouter } from './bank.ts';

let test: TestCountersignWithApp<BankRouter>;
beforeAll(async () => {
  test = await createTestCountersign({ operations, app: openBank });
});
afterAll(() => test[Symbol.asyncDispose]());

let people = 0;

/** Somebody whom no other test knows. */
function somebody() {
  people += 1;
  const ada = test.subject(`ada-${people}`);
  return { ada, bank: test.caller(ada).bank };
}

describe('the tests of a host', () => {
  it('ask, approve, and see the same call succeed once', async () => {
    const { ada, bank } = somebody();
    const call = () => bank.transfer(transferData);
    await expect(call()).toRequireAuthorization('transfer', { facts: { To: 'GB29' }, data: transferData });
    const request = await requiredAuthorization(call());
    await ada.approve(request, { by: 'otp' });
    expect(await call()).toEqual({ sent: transferData.amountCents });
    await expect(call()).toRequireAuthorization('transfer');
    expect((await requiredAuthorization(call())).id).not.toBe(request.id);
  });

  it('see a changed amount refused after the approval', async () => {
    const { ada, bank } = somebody();
    await ada.approve(await requiredAuthorization(bank.transfer(transferData)));
    const changed = { ...transferData, amountCents: 1 };
    await expect(bank.transfer(changed)).toRequireAuthorization('transfer', { data: { amountCents: 1 } });
    await expect(bank.transfer(transferData)).not.toRequireAuthorization('transfer');
  });

  it('see the grant given back when their own write fails', async () => {
    const { ada, bank } = somebody();
    const data = { to: 'nobody', amountCents: 5 };
    await ada.approve(await requiredAuthorization(bank.transfer(data)));
    for (const _ of [1, 2]) await expect(bank.transfer(data)).rejects.toThrow('no such account');
  });

  it('let the time to answer and the time to execute pass', async () => {
    const { ada, bank } = somebody();
    const late = await requiredAuthorization(bank.transfer(transferData));
    test.clock.advance({ minutes: 6 });
    await expect(ada.approve(late, { by: 'otp' })).rejects.toMatchObject({ cause: { reason: 'expired' } });
    await ada.approve(await requiredAuthorization(bank.transfer(transferData)), { by: 'otp' });
    test.clock.advance({ minutes: 6 });
    await expect(bank.transfer(transferData)).toRequireAuthorization('transfer');
  });

  it('call as the person they name, with the rest of their own context, and as nobody', async () => {
    const { ada, bank } = somebody();
    expect(await bank.hello()).toBe(`hello ${ada.subjectId}`);
    const nobody = test.caller(null);
    expect(await nobody.bank.hello()).toBe('hello stranger');
    await expect(nobody.bank.transfer(transferData)).rejects.toMatchObject({
      cause: { reason: 'unauthenticated' },
    });
  });

  it('see that a request is of the session that asked', async () => {
    const { ada, bank } = somebody();
    const request = await requiredAuthorization(bank.transfer(transferData));
    const elsewhere = test.subject(ada.subjectId, { sessionId: 'another' });
    await expect(elsewhere.approve(request)).rejects.toMatchObject({ cause: { reason: 'not_found' } });
    await ada.approve(request);
    await expect(test.caller(elsewhere).bank.transfer(transferData)).toRequireAuthorization('transfer');
  });
});

it('infers the procedures of an app, and asks for what they need in their context', () => {
  const t = initTRPC.context<CountersignContext & { readonly locale: string }>().create();
  const router = t.router({ locale: t.procedure.query(({ ctx }) => ctx.locale) });
  const open = () =>
    createTestCountersign({
      methods: ({ send }) => [otp({ send })],
      app: async ({ cs, defer }) => {
        expectTypeOf(cs).toEqualTypeOf<Countersign>();
        defer(() => undefined);
        return { router, contextOf: (caller) => ({ locale: caller?.subjectId ?? 'en' }) };
      },
    });
  expectTypeOf(() =>
    createTestCountersign({ startsAt: new Date() }),
  ).returns.resolves.toEqualTypeOf<TestCountersign>();
  expectTypeOf(open).returns.resolves.toEqualTypeOf<TestCountersignWithApp<typeof router>>();
  expectTypeOf<TestApp<typeof router>>().not.toEqualTypeOf<{ readonly router: typeof router }>();
  // @ts-expect-error: the locale is missing
  const wrong: TestApp<typeof router> = { router };
  // @ts-expect-error: the locale is no number
  const alsoWrong: TestApp<typeof router> = { router, contextOf: () => ({ locale: 1 }) };
  const bare = initTRPC.context<CountersignContext>().create().router({});
  const right: TestApp<typeof bare> = { router: bare };
  expect([wrong, alsoWrong, right]).toHaveLength(3);
});
