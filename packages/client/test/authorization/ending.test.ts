import { QueryClient } from '@tanstack/react-query';
import { isTRPCClientError } from '@trpc/client';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { describe, expect, it } from 'vitest';
import { addChallengeHandler } from '../../src/authorization/challenge-handlers.ts';
import {
  AuthorizationCancelled,
  AuthorizationDenied,
  AuthorizationExpired,
  AuthorizationNotGranted,
  authorizationLink,
  createAuthorizer,
  isCountersignError,
  reasonOf,
} from '../../src/index.ts';
import { ceremonies, type Ceremonies } from '../support/ceremonies.ts';
import type { GuardedRouter, Person } from '../support/guarded-bank.ts';
import { hostClient } from '../support/host-client.ts';
import { sharedBank } from '../support/shared-bank.ts';

const { bank, newPerson } = sharedBank();
const data = { to: 'GB29', amountCents: 250_000 };

function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function open(asked: Ceremonies) {
  const ada = newPerson();
  const client = ada.connect();
  let refusals = 0;
  const refused = (): void => void (refusals += 1);
  const trpc = hostClient(ada, authorizationLink({ client, ...asked }), { refused });
  return { ada, client, trpc, refusals: () => refusals };
}

async function expectCancelled(ada: Person): Promise<void> {
  await expect.poll(ada.requests).toMatchObject([{ state: 'cancelled' }]);
  expect(ada.runs()).toEqual([]);
}

describe('calling off', () => {
  it('fails as AuthorizationCancelled with the request when the person closes it, and cancels the request', async () => {
    const asked = ceremonies();
    const { ada, trpc } = open(asked);
    const calls = [1, 2].map(() => failureOf(trpc.bank.transfer.mutate(data)));
    const pending = await asked.number(1);
    pending.cancel();
    pending.cancel();
    const [error, same] = await Promise.all(calls);
    expect(error).toBeInstanceOf(AuthorizationCancelled);
    expect(error).toBeInstanceOf(AuthorizationNotGranted);
    expect(error).toMatchObject({ name: 'AuthorizationCancelled', request: { id: pending.request.id } });
    expect(same).toBe(error);
    expect(pending.signal.aborted).toBe(true);
    await expectCancelled(ada);
  });

  it('does so when the signal of the call is given, which is its cause', async () => {
    const asked = ceremonies();
    const { ada, trpc } = open(asked);
    const leaving = new AbortController();
    const call = failureOf(trpc.bank.transfer.mutate(data, { signal: leaving.signal }));
    const pending = await asked.number(1);
    leaving.abort(new Error('the page was left'));
    const error = await call;
    expect(error).toBeInstanceOf(AuthorizationCancelled);
    expect(error).toMatchObject({ cause: new Error('the page was left'), request: { state: 'waiting' } });
    await expect.poll(() => pending.signal.aborted).toBe(true);
    await expectCancelled(ada);
  });

  it('lets one of two identical calls leave, and goes on for the other', async () => {
    const asked = ceremonies();
    const { ada, trpc } = open(asked);
    const leaving = new AbortController();
    const left = failureOf(trpc.bank.transfer.mutate(data, { signal: leaving.signal }));
    const stays = trpc.bank.transfer.mutate(data);
    const { request } = await asked.number(1);
    leaving.abort();
    expect(await left).toBeInstanceOf(AuthorizationCancelled);
    await ada.approve(request.id);
    expect(await stays).toMatchObject({ sent: data.amountCents });
    expect(ada.runs()).toHaveLength(1);
  });

  it('takes a call out of the line whose signal is given, and cancels its request at once', async () => {
    const asked = ceremonies();
    const { ada, trpc, refusals } = open(asked);
    const leaving = new AbortController();
    const first = trpc.bank.transfer.mutate({ to: 'x', amountCents: 1 });
    const { request } = await asked.number(1);
    const second = failureOf(
      trpc.bank.transfer.mutate({ to: 'x', amountCents: 2 }, { signal: leaving.signal }),
    );
    const third = trpc.bank.transfer.mutate({ to: 'x', amountCents: 3 });
    await expect.poll(refusals).toBe(3);
    leaving.abort();
    expect(await second).toBeInstanceOf(AuthorizationCancelled);
    await expect
      .poll(async () => (await ada.requests()).map(({ state }) => state).sort())
      .toEqual(['cancelled', 'waiting', 'waiting']);
    await ada.approve(request.id);
    await ada.approve((await asked.number(2)).request.id);
    await Promise.all([first, third]);
    expect(ada.runs().map(({ amountCents }) => amountCents)).toEqual([1, 3]);
  });

  it.each([
    [
      'at once',
      () =>
        ceremonies(() => {
          throw new Error('no room for a dialog');
        }),
    ],
    [
      'later',
      () =>
        ceremonies(async () => {
          await Promise.resolve();
          throw new Error('no room for a dialog');
        }),
    ],
  ])('fails with what asks the person, when that throws %s', async (_when, asking) => {
    const { ada, trpc } = open(asking());
    const error = await failureOf(trpc.bank.transfer.mutate(data));
    expect(error).toMatchObject({
      message: 'no room for a dialog',
      cause: new Error('no room for a dialog'),
    });
    await expectCancelled(ada);
  });

  it('does not mind what asks the person throwing after the decision', async () => {
    const asked = ceremonies(async ({ request, signal }) => {
      await ada.approve(request.id);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw new Error('too late');
    });
    const { ada, trpc } = open(asked);
    expect(await trpc.bank.transfer.mutate(data)).toMatchObject({ sent: data.amountCents });
  });

  it('fails as AuthorizationCancelled when the request is called off elsewhere', async () => {
    const asked = ceremonies();
    const { ada, client, trpc } = open(asked);
    const call = failureOf(trpc.bank.transfer.mutate(data));
    const { request } = await asked.number(1);
    await client.authorizationRequest.cancel({ id: request.id });
    expect(await call).toBeInstanceOf(AuthorizationCancelled);
    await expectCancelled(ada);
  });

  it('asks anew for the same call right after one was called off, though the server has not heard of that', async () => {
    const ada = newPerson();
    const heard = Promise.withResolvers<void>();
    const client = ada.connect({
      async fetch(input, init) {
        if (typeof input === 'string' && input.includes('authorizationRequest.cancel')) await heard.promise;
        return await fetch(input, init);
      },
    });
    const asked = ceremonies(({ request, cancel }) =>
      asked.all.length === 1 ? cancel() : ada.approve(request.id),
    );
    let refusals = 0;
    const trpc = hostClient(ada, authorizationLink({ client, ...asked }), {
      refused: () => void (refusals += 1),
    });
    await expect(trpc.bank.transfer.mutate(data)).rejects.toThrow(AuthorizationCancelled);
    const again = trpc.bank.transfer.mutate(data);
    await expect.poll(() => refusals).toBe(2);
    heard.resolve();
    expect(await again).toMatchObject({ sent: data.amountCents });
    expect(await ada.requests()).toMatchObject([{ state: 'cancelled' }, { state: 'granted' }]);
    expect(asked.all).toHaveLength(2);
  });

  it.each([1, 2])(
    'is not what happens to a call that is being made when the signal is given: it may have happened (%i waiting)',
    async (count) => {
      const asked = ceremonies(({ request }) => ada.approve(request.id));
      const { ada, trpc } = open(asked);
      const leaving = new AbortController();
      const done = Promise.withResolvers<void>();
      bank().hold = done.promise;
      const calls = Array.from({ length: count }, (_, index) =>
        failureOf(trpc.bank.transfer.mutate(data, index === 0 ? { signal: leaving.signal } : {})),
      );
      await expect.poll(ada.runs).toHaveLength(1);
      leaving.abort();
      const error = await calls[0];
      expect(error).toMatchObject({ name: 'TRPCClientError', cause: { name: 'AbortError' } });
      expect(error).not.toBeInstanceOf(AuthorizationNotGranted);
      done.resolve();
      bank().hold = undefined;
      // Whoever stayed is told what happened.
      expect(await Promise.all(calls.slice(1))).toEqual(calls.slice(1).map(() => undefined));
      expect(ada.runs()).toHaveLength(1);
      expect(await ada.requests()).toMatchObject([{ state: 'granted' }]);
    },
  );

  it('fails as connection_failed when the client is closed, and leaves the request as it is', async () => {
    const asked = ceremonies();
    const { ada, client } = open(asked);
    const trpc = hostClient(
      ada,
      () =>
        ({ op, next }) =>
          next(op),
    );
    const authorizer = createAuthorizer({ client, ...asked });
    const call = failureOf(authorizer.run('transfer', () => trpc.bank.transfer.mutate(data)));
    const { signal } = await asked.number(1);
    await client.close();
    expect(isCountersignError(await call, 'connection_failed')).toBe(true);
    expect(signal.aborted).toBe(true);
    expect(await ada.requests()).toMatchObject([{ state: 'waiting' }]);
  });
});

describe('a decision against it', () => {
  it('fails as AuthorizationDenied when the person says no, and asks no more', async () => {
    const asked = ceremonies();
    const { ada, trpc } = open(asked);
    const call = failureOf(trpc.bank.transfer.mutate(data));
    await ada.deny((await asked.number(1)).request.id);
    const error = await call;
    expect(error).toBeInstanceOf(AuthorizationDenied);
    expect(error).toMatchObject({ request: { state: 'denied', reason: 'declined' } });
    expect(ada.runs()).toEqual([]);
  });

  it('fails as AuthorizationExpired when nobody answers in time', async () => {
    const asked = ceremonies();
    const { ada, trpc } = open(asked);
    const call = failureOf(trpc.bank.transfer.mutate(data));
    await asked.number(1);
    bank().server.clock.advance({ seconds: 310 });
    bank().network.cut();
    expect(await call).toBeInstanceOf(AuthorizationExpired);
    expect(ada.runs()).toEqual([]);
  });
});

describe('how it is told', () => {
  it('is an error of tRPC too, so that its client and its bindings do not wrap it', async () => {
    const asked = ceremonies(({ cancel }) => cancel());
    const { trpc } = open(asked);
    const error = await failureOf(trpc.bank.transfer.mutate(data));
    expect(isTRPCClientError<GuardedRouter>(error)).toBe(true);
    expect((error as Error).stack).toContain('AuthorizationCancelled');
    expect(String(error)).toBe('AuthorizationCancelled: The authorization was called off.');
  });

  it('reaches callers of TanStack Query as it is', async () => {
    const asked = ceremonies(({ cancel }) => cancel());
    const { trpc } = open(asked);
    const queryClient = new QueryClient();
    const options = createTRPCOptionsProxy<GuardedRouter>({ client: trpc, queryClient });
    const told: unknown[] = [];
    const mutation = queryClient.getMutationCache().build(queryClient, {
      ...options.bank.transfer.mutationOptions({ onError: (error) => void told.push(error) }),
    });
    const error = await failureOf(mutation.execute(data));
    expect(error).toBeInstanceOf(AuthorizationCancelled);
    expect(told).toEqual([error]);
  });

  it('gives the refusal to the caller as it came where nobody asks', async () => {
    const ada = newPerson();
    const client = ada.connect();
    const trpc = hostClient(ada, authorizationLink({ client }));
    const plain = hostClient(
      ada,
      () =>
        ({ op, next }) =>
          next(op),
    );
    const refused = await failureOf(trpc.bank.transfer.mutate(data));
    const expected = await failureOf(plain.bank.transfer.mutate(data));
    expect(reasonOf(refused)).toBe('authorization_required');
    expect((refused as { data: unknown }).data).toEqual((expected as { data: unknown }).data);
    expect(await ada.requests()).toMatchObject([{ state: 'waiting' }]);
  });

  it('asks by the newest handler that is there, and by none that has gone', async () => {
    const ada = newPerson();
    const client = ada.connect();
    const trpc = hostClient(ada, authorizationLink({ client }));
    const older = ceremonies(({ request }) => ada.approve(request.id));
    const newer = ceremonies(({ request }) => ada.approve(request.id));
    const removeOlder = addChallengeHandler(client, older.onChallenge);
    const removeNewer = addChallengeHandler(client, newer.onChallenge);
    await trpc.bank.transfer.mutate({ to: 'x', amountCents: 1 });
    removeNewer();
    await trpc.bank.transfer.mutate({ to: 'x', amountCents: 2 });
    removeOlder();
    await expect(trpc.bank.transfer.mutate({ to: 'x', amountCents: 3 })).rejects.toMatchObject({
      data: { reason: 'authorization_required' },
    });
    expect([older.all.length, newer.all.length]).toEqual([1, 1]);
  });
});
