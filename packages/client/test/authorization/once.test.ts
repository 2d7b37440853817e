import { afterEach, describe, expect, it, vi } from 'vitest';
import { authorizationLink, reasonOf } from '../../src/index.ts';
import { ceremonies } from '../support/ceremonies.ts';
import { hostClient } from '../support/host-client.ts';
import { sharedBank } from '../support/shared-bank.ts';

const { bank, newPerson } = sharedBank();
const data = { to: 'GB29', amountCents: 250_000 };
afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each([
  ['with locks between pages', true],
  ['without them', false],
])('in two tabs, %s', (_name, hasLocks) => {
  it('runs the call once, and tells the other that the grant was used', async () => {
    if (hasLocks) expect(globalThis.navigator.locks).toBeDefined();
    else vi.stubGlobal('navigator', {});
    const ada = newPerson();
    let refusals = 0;
    const tabs = [1, 2].map(() => {
      const asked = ceremonies();
      const link = authorizationLink({ client: ada.connect(), ...asked });
      return { asked, trpc: hostClient(ada, link, { refused: () => void (refusals += 1) }) };
    });
    const calls = Promise.allSettled(tabs.map(({ trpc }) => trpc.bank.transfer.mutate(data)));
    const opened = await Promise.all(tabs.map(({ asked }) => asked.number(1)));
    expect(new Set(opened.map(({ request }) => request.id)).size).toBe(1);
    await ada.approve(opened[0]!.request.id);

    const outcomes = await calls;
    const [won] = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    const [lost] = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(won?.value).toMatchObject({ sent: data.amountCents });
    expect(reasonOf(lost?.reason)).toBe('already_consumed');
    expect(lost?.reason).toMatchObject({ data: { code: 'CONFLICT', httpStatus: 409 } });
    expect(ada.runs()).toHaveLength(1);
    await expect
      .poll(async () => (await ada.requests()).filter(({ state }) => state === 'waiting'))
      .toEqual([]);
    if (hasLocks) expect(refusals).toBe(2); // Nothing was sent in vain.
  });
});

it('repeats nothing when the grant was used elsewhere before it was heard of', async () => {
  const ada = newPerson();
  const plain = hostClient(
    ada,
    () =>
      ({ op, next }) =>
        next(op),
  );
  const used = Promise.withResolvers<void>();
  const client = ada.connect({
    async fetch(input, init) {
      const isLook = typeof input === 'string' && input.includes('authorizationRequest.get');
      if (isLook && asked.all.length > 0) await used.promise;
      return await fetch(input, init);
    },
  });
  const asked = ceremonies();
  let sent = 0;
  const trpc = hostClient(ada, authorizationLink({ client, ...asked }), { before: () => void (sent += 1) });
  const call = trpc.bank.transfer.mutate(data).catch((error: unknown) => error);
  await ada.approve((await asked.number(1)).request.id);
  await plain.bank.transfer.mutate(data);
  used.resolve();
  expect(reasonOf(await call)).toBe('already_consumed');
  expect(sent).toBe(1);
  expect(ada.runs()).toHaveLength(1);
  expect(await ada.requests()).toHaveLength(1);
});

it('calls the request off that its repetition was refused for, when the grant was used elsewhere', async () => {
  const ada = newPerson();
  const plain = hostClient(
    ada,
    () =>
      ({ op, next }) =>
        next(op),
  );
  const asked = ceremonies(({ request }) => ada.approve(request.id));
  const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }), {
    before: async (number) => {
      if (number === 2) await plain.bank.transfer.mutate(data);
    },
  });
  const error: unknown = await trpc.bank.transfer.mutate(data).catch((reason: unknown) => reason);
  expect(reasonOf(error)).toBe('already_consumed');
  expect(asked.all).toHaveLength(1);
  expect(ada.runs()).toHaveLength(1);
  await expect.poll(ada.requests).toMatchObject([{ state: 'granted' }, { state: 'cancelled' }]);
});

it('asks once more when the time to use the grant has passed', async () => {
  const ada = newPerson();
  const asked = ceremonies(({ request }) => ada.approve(request.id));
  const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }), {
    before: (number) => {
      if (number === 2) bank().server.clock.advance({ hours: 1 });
    },
  });
  expect(await trpc.bank.transfer.mutate(data)).toMatchObject({ sent: data.amountCents });
  expect(asked.all).toHaveLength(2);
  expect(ada.runs()).toHaveLength(1);
});

it('gives the refusal back when its grants come too late again and again', async () => {
  const ada = newPerson();
  const asked = ceremonies(({ request }) => ada.approve(request.id));
  const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }), {
    before: () => bank().server.clock.advance({ hours: 1 }),
  });
  const error: unknown = await trpc.bank.transfer.mutate(data).catch((reason: unknown) => reason);
  expect(reasonOf(error)).toBe('authorization_required');
  expect(asked.all).toHaveLength(3);
  expect(ada.runs()).toEqual([]);
});

it('never repeats a call whose answer was lost', async () => {
  const ada = newPerson();
  const asked = ceremonies(({ request }) => ada.approve(request.id));
  const answered = Promise.withResolvers<void>();
  let sent = 0;
  const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }), {
    before: (number) => {
      sent = number;
      if (number === 2) bank().hold = answered.promise;
    },
  });
  const call = trpc.bank.transfer.mutate(data).catch((error: unknown) => error);
  await expect.poll(ada.runs).toHaveLength(1);
  bank().network.cut();
  const error = await call;
  answered.resolve();
  bank().hold = undefined;
  expect(reasonOf(error)).toBeUndefined();
  expect(error).toMatchObject({ name: 'TRPCClientError', data: undefined });
  expect(sent).toBe(2);
  expect(ada.runs()).toHaveLength(1);
});
