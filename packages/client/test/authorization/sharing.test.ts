import { describe, expect, it } from 'vitest';
import { authorizationLink, createAuthorizer, reasonOf } from '../../src/index.ts';
import { ceremonies } from '../support/ceremonies.ts';
import { carriers, hostClient } from '../support/host-client.ts';
import { sharedBank } from '../support/shared-bank.ts';

const { bank, newPerson } = sharedBank();
const data = { to: 'GB29', amountCents: 250_000 };

/** The same transfer so often at once. */
function times<T>(count: number, call: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, call));
}

describe.each(carriers)('over %s', (by) => {
  it('asks once, runs once and answers all of 50 identical parallel calls alike', async () => {
    const ada = newPerson();
    const asked = ceremonies();
    let refusals = 0;
    const refused = () => void (refusals += 1);
    const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }), { by, refused });
    const answers = times(50, () => trpc.bank.transfer.mutate(data));
    await expect.poll(() => refusals).toBe(50);
    await ada.approve((await asked.number(1)).request.id);
    const [first, ...others] = await answers;
    for (const answer of others) expect(answer).toEqual(first);
    expect(asked.all).toHaveLength(1);
    expect(ada.runs()).toHaveLength(1);
    expect(await ada.requests()).toMatchObject([{ state: 'granted' }]);
  });

  it('does so when the grant is there before most of the 50 were answered', async () => {
    const ada = newPerson();
    const asked = ceremonies(({ request }) => ada.approve(request.id));
    const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }), { by });
    const [first, ...others] = await times(50, () => trpc.bank.transfer.mutate(data));
    for (const answer of others) expect(answer).toEqual(first);
    expect(ada.runs()).toHaveLength(1);
    expect(asked.all).toHaveLength(1);
    await expect
      .poll(async () => (await ada.requests()).filter(({ state }) => state === 'waiting'))
      .toEqual([]);
  });
});

it('does not repeat a call whose grant an identical one finds that was on its way', async () => {
  const ada = newPerson();
  const asked = ceremonies();
  const delayed = Promise.withResolvers<void>();
  let sent = 0;
  const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }), {
    before: (number) => {
      sent = number;
      return number === 2 ? delayed.promise : undefined;
    },
  });
  const answers = Promise.all([trpc.bank.transfer.mutate(data), trpc.bank.transfer.mutate(data)]);
  const { request, signal } = await asked.number(1);
  await ada.approve(request.id);
  await expect.poll(() => signal.aborted).toBe(true);
  delayed.resolve();
  const [first, second] = await answers;
  expect(first).toEqual(second);
  expect(sent).toBe(2);
  expect(ada.runs()).toHaveLength(1);
  expect(await ada.requests()).toHaveLength(1);
});

it('has the answer of an identical call that found the grant, though its own refusal comes after that', async () => {
  const ada = newPerson();
  const asked = ceremonies();
  const answered = Promise.withResolvers<void>();
  const granted = Promise.withResolvers<void>();
  const plain = hostClient(
    ada,
    () =>
      ({ op, next }) =>
        next(op),
    {
      before: (number) => (number === 2 ? granted.promise : undefined),
    },
  );
  const authorizer = createAuthorizer({ client: ada.connect(), ...asked });
  const pay = () => plain.bank.transfer.mutate(data);
  const payLate = async () => {
    const [outcome] = await Promise.allSettled([pay(), answered.promise]);
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  };
  const first = authorizer.run('pay', payLate);
  const second = authorizer.run('pay', pay);
  await expect.poll(ada.requests).toHaveLength(1);
  await ada.approve((await ada.requests())[0]!.id);
  granted.resolve();
  const answer = await second;
  answered.resolve();
  expect(await first).toEqual(answer);
  expect(asked.all).toEqual([]);
  expect(ada.runs()).toHaveLength(1);
});

it('takes calls for the same whose input has another order of keys, not those with another value', async () => {
  const ada = newPerson();
  const asked = ceremonies(({ request }) => ada.approve(request.id));
  const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }));
  const answers = await Promise.all([
    trpc.bank.transfer.mutate({ to: 'GB29', amountCents: 5 }),
    trpc.bank.transfer.mutate({ amountCents: 5, to: 'GB29' }),
    trpc.bank.transfer.mutate({ amountCents: 6, to: 'GB29' }),
  ]);
  expect(answers.map(({ sent }) => sent)).toEqual([5, 5, 6]);
  expect(ada.runs().map(({ amountCents }) => amountCents)).toEqual([5, 6]);
});

it('tells all identical calls the same error when the one run fails', async () => {
  const ada = newPerson();
  const asked = ceremonies(({ request }) => ada.approve(request.id));
  const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }));
  bank().hold = Promise.reject(new Error('the ledger is closed'));
  bank().hold?.catch(() => undefined);
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => trpc.bank.transfer.mutate(data)));
  bank().hold = undefined;
  const [first] = outcomes;
  expect(first).toMatchObject({ status: 'rejected', reason: { message: 'the ledger is closed' } });
  for (const outcome of outcomes) expect(outcome).toEqual(first);
  expect(ada.runs()).toHaveLength(1);
});

it('asks for three different calls one after the other, in the order of their arrival', async () => {
  const ada = newPerson();
  const asked = ceremonies();
  const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }));
  const answers = Promise.all(
    [1, 2, 3].map((amountCents) => trpc.bank.transfer.mutate({ to: 'x', amountCents })),
  );
  for (const number of [1, 2, 3]) {
    const { request } = await asked.number(number);
    expect(request.data).toEqual({ to: 'x', amountCents: number });
    await ada.approve(request.id);
  }
  expect((await answers).map(({ sent }) => sent)).toEqual([1, 2, 3]);
  expect(asked.mostAtOnce).toBe(1);
});

it('asks one at a time also of several links and authorizers of one client', async () => {
  const ada = newPerson();
  const asked = ceremonies();
  const client = ada.connect();
  const first = hostClient(ada, authorizationLink({ client, ...asked }));
  const second = hostClient(ada, authorizationLink({ client, ...asked }));
  const answers = Promise.all([
    first.bank.transfer.mutate({ to: 'x', amountCents: 1 }),
    second.bank.transfer.mutate({ to: 'x', amountCents: 2 }),
  ]);
  await ada.approve((await asked.number(1)).request.id);
  await ada.approve((await asked.number(2)).request.id);
  await answers;
  expect(asked.mostAtOnce).toBe(1);
});

it('asks again for another call with the same data: a grant runs one', async () => {
  const ada = newPerson();
  const asked = ceremonies();
  const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }));
  const answers = Promise.all([trpc.bank.transfer.mutate(data), trpc.bank.pay.mutate(data)]);
  await ada.approve((await asked.number(1)).request.id);
  const second = await asked.number(2);
  expect(second.request.id).not.toBe(asked.all[0]?.request.id);
  await ada.approve(second.request.id);
  await answers;
  expect(
    ada
      .runs()
      .map(({ procedure }) => procedure)
      .sort(),
  ).toEqual(['pay', 'transfer']);
});

it('asks anew for a call whose request expired while it stood in line', async () => {
  const ada = newPerson();
  const asked = ceremonies();
  const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }));
  const first = trpc.bank.transfer.mutate({ to: 'x', amountCents: 1 });
  const second = trpc.bank.transfer.mutate({ to: 'x', amountCents: 2 });
  await asked.number(1);
  await expect.poll(ada.requests).toHaveLength(2);
  bank().server.clock.advance({ seconds: 310 });
  bank().network.cut(); // A clock that jumps wakes nobody; a stream that is taken up again tells how it stands.
  await expect(first).rejects.toMatchObject({ name: 'AuthorizationExpired' });
  const fresh = await asked.number(2);
  expect(fresh.request).toMatchObject({ state: 'waiting', data: { amountCents: 2 } });
  await ada.approve(fresh.request.id);
  expect(await second).toMatchObject({ sent: 2 });
  const states = (await ada.requests()).map(({ state }) => state);
  expect(states).toEqual(['expired', 'expired', 'granted']);
});

it('gives what is granted while it stands in line to its call without asking', async () => {
  const ada = newPerson();
  const asked = ceremonies();
  const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }));
  const first = trpc.bank.transfer.mutate({ to: 'x', amountCents: 1 });
  const second = trpc.bank.transfer.mutate({ to: 'x', amountCents: 2 });
  const { request } = await asked.number(1);
  await expect.poll(ada.requests).toHaveLength(2);
  const queued = (await ada.requests()).find(({ id }) => id !== request.id);
  await ada.approve(queued!.id);
  await ada.approve(request.id);
  await Promise.all([first, second]);
  expect(asked.all).toHaveLength(1);
  expect(ada.runs()).toHaveLength(2);
});

it('asks again for a call that is made after the first was done', async () => {
  const ada = newPerson();
  const asked = ceremonies(({ request }) => ada.approve(request.id));
  const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }));
  await trpc.bank.transfer.mutate(data);
  await trpc.bank.transfer.mutate(data);
  expect(asked.all).toHaveLength(2);
  expect(ada.runs()).toHaveLength(2);
});

it('runs any call by its key, and calls of another key in their own right', async () => {
  const ada = newPerson();
  const asked = ceremonies(({ request }) => ada.approve(request.id));
  const trpc = hostClient(
    ada,
    () =>
      ({ op, next }) =>
        next(op),
  );
  const authorizer = createAuthorizer({ client: ada.connect(), ...asked });
  const pay = () => trpc.bank.transfer.mutate(data);
  const [one, other] = await Promise.all([authorizer.run('pay', pay), authorizer.run('pay', pay)]);
  expect(one).toEqual(other);
  expect(ada.runs()).toHaveLength(1);
  await Promise.all([authorizer.run('pay', pay), authorizer.run('pay again', pay)]);
  expect(ada.runs()).toHaveLength(3);
});

it('leaves queries, subscriptions and other refusals alone', async () => {
  const ada = newPerson();
  const asked = ceremonies();
  const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }), { by: 'websocket' });
  expect(await trpc.bank.balance.query()).toBe(250_000);
  expect(await trpc.bank.rename.mutate('x')).toBe('renamed x');
  const ticks: number[] = [];
  await new Promise<void>((resolve, reject) => {
    trpc.bank.ticks.subscribe(undefined, {
      onData: (tick) => void ticks.push(tick),
      onComplete: resolve,
      onError: reject,
    });
  });
  expect(ticks).toEqual([1, 2]);
  const refused: unknown = await trpc.bank.refuse.mutate().catch((error: unknown) => error);
  expect(refused).toMatchObject({ message: 'read the terms first', data: { httpStatus: 428 } });
  expect(reasonOf(refused)).toBeUndefined();
  expect(asked.all).toEqual([]);
});
