import { expect, it } from 'vitest';
import {
  AuthorizationCancelled,
  AuthorizationDenied,
  AuthorizationExpired,
  AuthorizationNotGranted,
} from '../src/index.ts';
import { granted } from '../src/authorization-request/granted.ts';
import type { AuthorizationRequest, AuthorizationRequestConsumeInput } from '../src/generated/schema.ts';
import { openBank, type Bank } from './support/bank.ts';
import { collect } from './support/collect.ts';

/** The request as somebody else: another client of the same service. */
async function grant(bank: Bank, id: string): Promise<void> {
  const proof = { method: 'otp', code: bank.newestCode() } as const;
  expect(
    await bank.server.cs.createCaller({ kind: 'service' }).authorizationRequest.grant({ id, proof }),
  ).toMatchObject({
    granted: true,
  });
}

function useOf({ id, slug, subjectId, data }: AuthorizationRequest): AuthorizationRequestConsumeInput {
  return { id, slug, subjectId, data };
}

it('rejects with AuthorizationDenied when the person says no', async () => {
  await using bank = await openBank();
  const request = await bank.client.authorizationRequest.create(bank.transferOf(1));
  const waiting = request.granted();
  await bank.client.authorizationRequest.deny({ id: request.id });
  const error: unknown = await waiting.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AuthorizationDenied);
  expect(error).toBeInstanceOf(AuthorizationNotGranted);
  expect(error).toMatchObject({
    name: 'AuthorizationDenied',
    request: { state: 'denied', reason: 'declined' },
  });
});

it('rejects with AuthorizationCancelled when the operation is called off', async () => {
  await using bank = await openBank();
  const request = await bank.client.authorizationRequest.create(bank.transferOf(1));
  const waiting = request.granted();
  waiting.catch(() => undefined); // awaited below
  await bank.client.authorizationRequest.cancel({ id: request.id });
  await expect(waiting).rejects.toThrow(AuthorizationCancelled);
});

it('rejects with AuthorizationExpired when nobody answers in time', async () => {
  await using bank = await openBank();
  const request = await bank.client.authorizationRequest.create(bank.transferOf(1));
  bank.server.clock.advance(301);
  await expect(request.granted()).rejects.toThrow(AuthorizationExpired);
});

it('rejects with AuthorizationCancelled and the reason of the signal when nobody waits any more', async () => {
  await using bank = await openBank({ timing: { idleMilliseconds: 20 } });
  const request = await bank.client.authorizationRequest.create(bank.transferOf(1));
  const leaving = new AbortController();
  const waiting = request.granted({ signal: leaving.signal });
  await expect.poll(() => bank.network.seen.upgrades).toBe(1);
  leaving.abort(new Error('the page was left'));
  const error: unknown = await waiting.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AuthorizationCancelled);
  expect(error).toMatchObject({ cause: new Error('the page was left') });
  await expect(request.granted({ signal: AbortSignal.abort() })).rejects.toThrow(AuthorizationCancelled);
  expect(await bank.client.authorizationRequest.get({ id: request.id })).toMatchObject({ state: 'waiting' });
});

it('answers at once for a grant that was there before, also when it was used or its time has passed', async () => {
  await using bank = await openBank();
  const { client } = bank;
  const request = await client.authorizationRequest.create(bank.transferOf(1));
  await grant(bank, request.id);
  expect(await request.granted()).toMatchObject({ state: 'granted', consumedAt: null });
  await client.authorizationRequest.consume(useOf(request));
  expect((await request.granted()).consumedAt).toBeInstanceOf(Date);

  const late = await client.authorizationRequest.create(bank.transferOf(2));
  await grant(bank, late.id);
  bank.server.clock.advance(3600);
  expect(await late.granted()).toMatchObject({ state: 'granted', consumedAt: null });
});

it('waits on after a reload, with the request that get gives back', async () => {
  await using bank = await openBank();
  const { id } = await bank.client.authorizationRequest.create(bank.transferOf(1));
  const reloaded = bank.connect();
  const request = await reloaded.authorizationRequest.get({ id });
  const waiting = request.granted();
  await grant(bank, id);
  expect(await waiting).toMatchObject({ id, state: 'granted' });
});

it('hears of a grant that happened while it was cut off', async () => {
  await using bank = await openBank();
  const request = await bank.client.authorizationRequest.create(bank.transferOf(1));
  const { items } = collect(request.watch());
  const waiting = request.granted();
  await expect.poll(() => items.length).toBe(1);
  bank.network.mode = 'away';
  bank.network.cut();
  await grant(bank, request.id);
  bank.network.mode = 'through';
  expect(await waiting).toMatchObject({ state: 'granted' });
});

it('watches how a request stands, then each event once, across cuts, and ends by itself', async () => {
  await using bank = await openBank();
  const { client } = bank;
  const request = await client.authorizationRequest.create(bank.transferOf(1));
  const { items, ended } = collect(request.watch());
  const types = (): string[] => items.map(({ type }) => type.replace('authorization_request.', ''));
  await expect.poll(types).toEqual(['snapshot']);
  bank.network.cut();
  const wrong = {
    method: 'otp',
    code: bank.newestCode().replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
  } as const;
  await client.authorizationRequest.check({ id: request.id, proof: wrong });
  await expect.poll(types).toEqual(['snapshot', 'check_failed']);
  bank.network.cut();
  await grant(bank, request.id);
  await expect.poll(types).toEqual(['snapshot', 'check_failed', 'granted']);
  bank.network.cut();
  await client.authorizationRequest.consume(useOf(request));
  await ended;
  expect(types()).toEqual(['snapshot', 'check_failed', 'granted', 'consumed']);
});

it.each(['revoked', 'waiting for two', '', null, undefined, true])(
  'resolves for a grant alone, never for a state of %o',
  async (state) => {
    const get = async () => ({ state }) as unknown as AuthorizationRequest;
    const watch = async function* () {};
    await expect(granted({ get, watch })).rejects.toThrow(TypeError);
  },
);
