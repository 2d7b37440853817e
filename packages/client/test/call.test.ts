import { createTRPCClient, httpLink } from '@trpc/client';
import { SuperJSON } from 'superjson';
import { inspect } from 'node:util';
import { expect, expectTypeOf, it } from 'vitest';
import type { CountersignRouter } from '@countersign/server';
import {
  createCountersignClient,
  isCountersignError,
  reasonOf,
  type CountersignError,
  type FetchFunction,
} from '../src/index.ts';
import { openBank } from './support/bank.ts';

/** What a call is refused with. */
async function refusal(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await call.then(() => new Error('it was not refused'));
  } catch (error) {
    return error;
  }
}

/** The real network, and what it did. */
function countingFetch(): { fetch: FetchFunction; paths: string[] } {
  const paths: string[] = [];
  return {
    paths,
    fetch(url, init) {
      paths.push(new URL(url as string).pathname.replace('/trpc/', ''));
      return fetch(url, init);
    },
  };
}

/** Every first answer is lost after the server has done what it was asked. */
function forgetfulFetch(): FetchFunction {
  let calls = 0;
  return async (url, init) => {
    const answer = await fetch(url, init);
    calls += 1;
    if (calls % 2 === 0) return answer;
    await answer.text();
    throw new TypeError('the connection was reset');
  };
}

it('repeats a call whose answer was lost, and its effect happens once', async () => {
  await using bank = await openBank({ fetch: forgetfulFetch() });
  const { client } = bank;
  const { id } = await client.authorizationRequest.create(bank.transferOf(1));
  const { items } = await client.authorizationRequest.list();
  expect(items.map((request) => request.id)).toEqual([id]);
  expect(bank.server.inbox.messages()).toHaveLength(1);
  await client.authorizationRequest.cancel({ id });
});

it('counts a proof once whose answer was lost', async () => {
  await using bank = await openBank({ fetch: forgetfulFetch() });
  const { client } = bank;
  const { id } = await client.authorizationRequest.create(bank.transferOf(1));
  const code = bank.newestCode().replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  const proof = { method: 'otp', code } as const;
  expect(await client.authorizationRequest.grant({ id, proof })).toMatchObject({
    granted: false,
    attemptsLeft: 4,
  });
  expect(await client.authorizationRequest.get({ id })).toMatchObject({ attemptsLeft: 4 });
});

it('keeps the key that the caller gives', async () => {
  await using bank = await openBank();
  const input = { ...bank.transferOf(1), idempotencyKey: 'order 7' };
  const first = await bank.client.authorizationRequest.create(input);
  const second = await bank.client.authorizationRequest.create(input);
  expect(second.id).toBe(first.id);
  const other = { ...bank.transferOf(2), idempotencyKey: 'order 7' };
  const error = await refusal(bank.client.authorizationRequest.create(other));
  expect(isCountersignError(error, 'idempotency_conflict') && error.details.inProgress).toBe(false);
});

it('gives up as connection_failed when no answer comes, and tells what the network said', async () => {
  let calls = 0;
  await using bank = await openBank({
    retries: 2,
    async fetch() {
      calls += 1;
      throw new TypeError('no route to host');
    },
  });
  const error = await refusal(bank.client.authorizationRequest.list());
  expect(error).toMatchObject({ reason: 'connection_failed', code: null, httpStatus: null });
  expect(String((error as CountersignError).cause)).toContain('no route to host');
  expect(calls).toBe(3);
});

it('takes what a proxy says for no answer', async () => {
  await using bank = await openBank({
    retries: 0,
    fetch: async () => new Response('<h1>Bad gateway</h1>', { status: 502 }),
  });
  expect(await refusal(bank.client.method.list())).toMatchObject({ reason: 'connection_failed' });
});

it('sends calls of one moment together, ten at most, and each proof alone', async () => {
  const { fetch, paths } = countingFetch();
  await using bank = await openBank({ fetch });
  const { client } = bank;
  await Promise.all(Array.from({ length: 12 }, () => client.method.list()));
  expect(paths.map((path) => path.split(',').length)).toEqual([10, 2]);

  const { id } = await client.authorizationRequest.create(bank.transferOf(1));
  paths.length = 0;
  const proof = { method: 'otp', code: bank.newestCode() } as const;
  await Promise.all([
    client.authorizationRequest.check({ id, proof }),
    client.authorizationRequest.check({ id, proof }),
    client.method.list(),
  ]);
  expect(paths.toSorted()).toEqual([
    'authorizationRequest.check',
    'authorizationRequest.check',
    'method.list',
  ]);
});

it('rejects with the reason of the signal as soon as it is given, also within a batch', async () => {
  await using bank = await openBank({ fetch: () => new Promise(() => undefined) });
  const leaving = new AbortController();
  const left = bank.client.method.list({}, { signal: leaving.signal });
  const kept = refusal(bank.client.method.list());
  const reason = new Error('left');
  leaving.abort(reason);
  await expect(left).rejects.toBe(reason);
  await bank.client.close();
  expect(reasonOf(await kept)).toBe('connection_failed');
});

it('types the details of each reason, with dates where dates stand', async () => {
  await using bank = await openBank();
  const { client } = bank;
  const { id } = await client.authorizationRequest.create(bank.transferOf(1));
  const tooSoon = await refusal(client.authorizationRequest.challenge({ id }));
  if (!isCountersignError(tooSoon, 'rate_limited')) throw tooSoon;
  expectTypeOf(tooSoon.details?.retryAt).toEqualTypeOf<Date | undefined>();
  expect(tooSoon.details?.retryAt).toBeInstanceOf(Date);
  expect(tooSoon).toMatchObject({ name: 'CountersignError', code: 'TOO_MANY_REQUESTS', httpStatus: 429 });

  const wrong = await refusal(client.authorizationRequest.create({ slug: '', subjectId: 'ada' }));
  if (!isCountersignError(wrong, 'invalid_input')) throw wrong;
  expect(wrong.details.issues[0]?.path).toEqual(['slug']);
});

it('tells the reason of an error that a plain tRPC client threw', async () => {
  await using bank = await openBank();
  const plain = createTRPCClient<CountersignRouter>({
    links: [
      httpLink({ url: bank.network.url, transformer: new SuperJSON(), headers: bank.server.credential }),
    ],
  });
  expect(reasonOf(await refusal(plain.authorizationRequest.get.query({ id: 'areq_none' })))).toBe(
    'not_found',
  );
  expect(reasonOf(new Error('something else'))).toBeUndefined();
});

it('lists: awaited it is a page, iterated it is everything, fetched as it is reached', async () => {
  const { fetch, paths } = countingFetch();
  await using bank = await openBank({ fetch });
  const { client } = bank;
  for (const amountCents of [1, 2, 3, 4, 5])
    await client.authorizationRequest.create(bank.transferOf(amountCents));
  paths.length = 0;
  const page = await client.authorizationRequest.list({ limit: 2 });
  expect(page.items).toHaveLength(2);
  const amounts: unknown[] = [];
  for await (const { data } of client.authorizationRequest.list({ limit: 2, subjectId: 'ada' }))
    amounts.push(data);
  expect(amounts).toEqual([5, 4, 3, 2, 1].map((amountCents) => ({ to: 'GB29', amountCents })));
  expect(paths).toHaveLength(4);

  for await (const { data } of client.authorizationRequest.list({ limit: 2 })) {
    expect(data).toMatchObject({ amountCents: 5 });
    break;
  }
  expect(paths).toHaveLength(5);
});

it('iterates the log to its present end', async () => {
  await using bank = await openBank();
  const { client } = bank;
  const { id } = await client.authorizationRequest.create(bank.transferOf(1));
  await client.authorizationRequest.cancel({ id });
  const types = async (): Promise<string[]> => {
    const all: string[] = [];
    for await (const { type } of client.event.list({ limit: 1 }))
      all.push(type.replace('authorization_request.', ''));
    return all;
  };
  await expect.poll(types).toEqual(['created', 'challenged', 'cancelled']);
});

it('gives a request that is plain data when it is printed, cloned or sent', async () => {
  await using bank = await openBank();
  const request = await bank.client.authorizationRequest.create(bank.transferOf(1));
  expect(Object.keys(request)).not.toContain('granted');
  expect(structuredClone(request)).toEqual(request);
  expect(JSON.stringify(request)).not.toContain('watch');
  expect(typeof request.granted).toBe('function');
});

/** Answers with these one after the other, as a server whose errors somebody has thinned out. */
function answering(...errors: readonly { status: number; data: object }[]): FetchFunction {
  const left = [...errors];
  return async () => {
    const { status, data } = left.shift() ?? { status: 502, data: {} };
    return Response.json({ error: { json: { message: 'no', code: -32600, data } } }, { status });
  };
}

it('names a reason of the list whatever stands for the code', async () => {
  for (const code of ['constructor', '__proto__', 'toString', 'TEAPOT']) {
    const fetch = answering({ status: 400, data: { code } });
    await using client = createCountersignClient({ url: 'http://localhost/trpc', fetch, retries: 0 });
    expect(await refusal(client.authorizationRequest.cancel({ id: 'areq_x' }))).toMatchObject({
      name: 'CountersignError',
      reason: 'internal',
    });
  }
});

it('keeps the reason of a conflict that comes without details', async () => {
  const fetch = answering(
    { status: 503, data: { code: 'SERVICE_UNAVAILABLE', reason: 'unavailable_dependency' } },
    { status: 409, data: { code: 'CONFLICT', reason: 'idempotency_conflict' } },
  );
  await using client = createCountersignClient({ url: 'http://localhost/trpc', fetch });
  expect(await refusal(client.authorizationRequest.cancel({ id: 'areq_x' }))).toMatchObject({
    reason: 'idempotency_conflict',
  });
});

it('shows no token that a header cannot carry, in no error', async () => {
  await using client = createCountersignClient({
    url: 'http://localhost:1/trpc',
    token: 'canary-4711\nmore',
  });
  const error = (await refusal(client.authorizationRequest.get({ id: 'areq_x' }))) as Error;
  expect(error).toMatchObject({ name: 'TypeError', message: 'a token must be printable ASCII' });
  expect(inspect(error, { depth: 10 })).not.toContain('canary');
});
