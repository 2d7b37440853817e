import { CountersignError } from '@countersign/core';
import { createTRPCClient, httpBatchLink, httpLink } from '@trpc/client';
import type { TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import superjson from 'superjson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  authorizationMatchers,
  createTestCountersign,
  requiredAuthorization,
  type TestCountersignWithApp,
  type TestSubject,
} from '../../testing/index.ts';
import '../../testing/vitest.ts';
import { transfer } from '../support/transfer.ts';
import { openBank, operations, type BankRouter } from './bank.ts';

let test: TestCountersignWithApp<BankRouter>;
let ada: TestSubject;
let send: (request: Request) => Promise<Response>;
beforeAll(async () => {
  test = await createTestCountersign({
    operations,
    limits: { sendsPerSubjectDayMax: 1000, waitingPerSubjectMax: 1000, sendsPerRecipient10MinutesMax: 1000 },
    app: async (parts) => {
      const bank = await openBank(parts);
      send = (req) =>
        fetchRequestHandler({
          endpoint: '/trpc',
          req,
          router: bank.router,
          createContext: () => ({ ...parts.cs.context(ada.actor), ...bank.contextOf(ada) }),
        });
      return bank;
    },
  });
  ada = test.subject('ada');
});
afterAll(() => test[Symbol.asyncDispose]());

const data = { to: 'GB29', amountCents: 250_000 };
const call = () => test.caller(ada).bank.transfer(data);

/** What a test that fails says. */
async function failure(assertion: Promise<unknown>): Promise<string> {
  return await assertion.then(
    () => 'it passed',
    (error: Error) => error.message,
  );
}

const problem = async (status: number, type = 'application/problem+json') =>
  new Response(
    JSON.stringify({
      status,
      reason: 'authorization_required',
      authorizationRequest: await requiredAuthorization(call()),
    }),
    { status, headers: { 'content-type': type } },
  );

describe('toRequireAuthorization', () => {
  it('knows the refusal of a caller in this process, and its bare cause', async () => {
    await expect(call()).toRequireAuthorization('transfer');
    await expect(call()).toRequireAuthorization(transfer);
    await expect(call).toRequireAuthorization();
    const { cause } = (await call().catch((error: TRPCError) => error)) as TRPCError;
    await expect(Promise.reject(cause!)).toRequireAuthorization('transfer');
    await expect(Promise.reject(new Error('wrapped', { cause }))).toRequireAuthorization('transfer');
  });

  it.each([
    ['one by one', httpLink],
    ['in a batch', httpBatchLink],
  ])('knows it from a tRPC client, %s', async (_, link) => {
    const fetch = async (url: unknown, init: unknown) =>
      await send(new Request(url as string, init as RequestInit));
    const client = createTRPCClient<BankRouter>({ links: [link({ url: 'http://bank.test/trpc', fetch })] });
    await expect(client.bank.transfer.mutate(data)).toRequireAuthorization('transfer', { data });
    const request = await requiredAuthorization(client.bank.transfer.mutate(data));
    expect(request.expiresAt).toBeInstanceOf(Date);
    expect(request.challenge?.expiresAt).toBeInstanceOf(Date);
    expect(request.consumedAt).toBeNull();
    await expect(client.bank.hello.query()).not.toRequireAuthorization();
  });

  it('knows it from a fetch Response: of a plain route, of tRPC; and leaves the body to the test', async () => {
    const response = await problem(428);
    await expect(Promise.resolve(response)).toRequireAuthorization('transfer', { facts: { To: 'GB29' } });
    expect(await response.json()).toMatchObject({ status: 428 });
    const post = () =>
      send(
        new Request('http://bank.test/trpc/bank.transfer', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(data),
        }),
      );
    await expect(post()).toRequireAuthorization('transfer');
    await expect(problem(200)).not.toRequireAuthorization('transfer');
  });

  it('knows it in a batch of a host that uses superjson', async () => {
    const authorizationRequest = await requiredAuthorization(call());
    const error = superjson.serialize({
      message: '',
      data: { reason: 'authorization_required', authorizationRequest },
    });
    const body = JSON.stringify([{ result: { data: superjson.serialize(null) } }, { error }]);
    const request = await requiredAuthorization(Promise.resolve(new Response(body, { status: 428 })));
    expect(request).toEqual(authorizationRequest);
  });

  it('compares facts and data as far as they are named', async () => {
    const facts = { To: 'GB29', Amount: expect.stringContaining('2500') as string };
    await expect(call()).toRequireAuthorization('transfer', { facts, data: { amountCents: 250_000 } });
    await expect(call()).toRequireAuthorization(undefined, { data: { to: expect.any(String) as string } });
    await expect(call()).not.toRequireAuthorization('transfer', { data: { amountCents: 1 } });
    await expect(call()).not.toRequireAuthorization('transfer', { data: { more: undefined, to: ['GB29'] } });
    await expect(call()).not.toRequireAuthorization('close-account');
  });

  it('says what is different', async () => {
    const text = await failure(
      expect(call()).toRequireAuthorization('close-account', {
        facts: { To: 'DE02', From: 'me' },
        data: { to: 1 },
      }),
    );
    expect(text).toMatch(
      /^expected the call to require authorization for "close-account", but what it asks for is something else \(areq_/,
    );
    expect(text.split('\n').slice(1)).toEqual([
      '  operation: expected "close-account", is "transfer"',
      '  fact "To": expected "DE02", is "GB29"',
      '  fact "From": expected "me", is undefined',
      '  data: expected {"to":1}, is {"amountCents":250000,"to":"GB29"}',
    ]);
  });

  it('says what happened instead', async () => {
    const went = expect(test.caller(ada).bank.hello()).toRequireAuthorization('transfer');
    expect(await failure(went)).toBe(
      'expected the call to require authorization for "transfer", but it went through and answered "hello ada"',
    );
    const nobody = expect(test.caller(null).bank.transfer(data)).toRequireAuthorization();
    expect(await failure(nobody)).toBe(
      'expected the call to require authorization, but it failed otherwise: unauthenticated: Valid credentials are required.',
    );
    const broken = expect(Promise.reject(new TypeError('x is undefined'))).toRequireAuthorization('transfer');
    expect(await failure(broken)).toContain('it failed otherwise: TypeError: x is undefined');
    const missing = Promise.resolve(new Response('no such page', { status: 404 }));
    const notFound = expect(missing).toRequireAuthorization();
    expect(await failure(notFound)).toContain('status 404, no such page');
    expect(await failure(expect(call()).not.toRequireAuthorization('transfer'))).toMatch(
      /^expected the call not to require authorization for "transfer", but it asks to authorize "transfer" \(areq_.*\): Transfer money; To: GB29, Amount: € 2500$/,
    );
  });

  it.each([
    ['an error of the test', () => Promise.reject(new TypeError('x is undefined'))],
    ['another refusal', () => Promise.reject(new CountersignError('rate_limited'))],
    ['a failed answer', () => Promise.resolve(new Response('', { status: 500 }))],
    ['a 428 of somebody else’s', () => Promise.resolve(new Response('{}', { status: 428 }))],
  ])('with .not does not pass for %s', async (_, broken) => {
    expect(await failure(expect(broken()).not.toRequireAuthorization('transfer'))).toContain(
      'it failed otherwise',
    );
  });

  it('takes nothing but a call', async () => {
    for (const value of [undefined, null, 'areq_1', { reason: 'authorization_required' }]) {
      expect(await failure(expect(value).toRequireAuthorization())).toContain('a promise is needed');
      expect(await failure(expect(value).not.toRequireAuthorization())).toContain('a promise is needed');
    }
  });

  it('is a function of its own, for any runner that extends expect', async () => {
    const { toRequireAuthorization } = authorizationMatchers;
    expect(await toRequireAuthorization(call(), 'transfer')).toMatchObject({ pass: true });
    expect(await toRequireAuthorization.call({ isNot: true }, call(), 'transfer')).toMatchObject({
      pass: true,
    });
    expect(await toRequireAuthorization.call({}, Promise.resolve(1))).toMatchObject({ pass: false });
  });
});

describe('requiredAuthorization', () => {
  it('answers the request, and throws what happened instead with its cause', async () => {
    expect(await requiredAuthorization(call)).toMatchObject({ slug: 'transfer', data, state: 'waiting' });
    const cause = new TypeError('x is undefined');
    await expect(requiredAuthorization(Promise.reject(cause))).rejects.toMatchObject({
      message:
        'expected the call to require authorization, but it failed otherwise: TypeError: x is undefined',
      cause,
    });
    await expect(requiredAuthorization(Promise.resolve(1))).rejects.toThrow('went through and answered 1');
  });
});
