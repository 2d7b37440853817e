import { expect, it } from 'vitest';
import { liveCallsOf } from '../../src/authorization/live-call.ts';
import { authorizationLink, createAuthorizer, reasonOf, type CountersignClient } from '../../src/index.ts';
import { ceremonies, type Ceremonies } from '../support/ceremonies.ts';
import { hostClient } from '../support/host-client.ts';
import { sharedBank } from '../support/shared-bank.ts';

const { newPerson } = sharedBank();
const inner = { to: 'x', amountCents: 1 };
const outer = { to: 'x', amountCents: 2 };
const third = { to: 'x', amountCents: 3 };

it('has the person asked at once for a call that is made, and waited for, by what asks', async () => {
  const ada = newPerson();
  const asked: Ceremonies = ceremonies(async ({ request }) => {
    if (asked.all.length === 1) {
      await ada.requests(); // It need not be the first thing it does,
      await trpc.bank.transfer.mutate(inner);
      await trpc.bank.transfer.mutate(third); // and may not be the last.
    }
    await ada.approve(request.id);
  });
  const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }));
  expect(await trpc.bank.transfer.mutate(outer)).toMatchObject({ sent: 2 });
  expect(ada.runs().map(({ amountCents }) => amountCents)).toEqual([1, 3, 2]);
});

it('lets calls stand in line again when that was decided, though what asked never returns', async () => {
  const ada = newPerson();
  const asked: Ceremonies = ceremonies(() => (asked.all.length === 1 ? new Promise(() => undefined) : null));
  const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }));
  const first = trpc.bank.transfer.mutate(outer);
  await ada.approve((await asked.number(1)).request.id);
  await first;
  const others = Promise.all([trpc.bank.transfer.mutate(inner), trpc.bank.transfer.mutate(third)]);
  await ada.approve((await asked.number(2)).request.id);
  await ada.approve((await asked.number(3)).request.id);
  await others;
  expect(asked.mostAtOnce).toBe(1);
});

it('uses a grant though an identical call hangs, which has the same answer when it comes back', async () => {
  const ada = newPerson();
  const asked = ceremonies();
  const answered = Promise.withResolvers<void>();
  const trpc = hostClient(ada, authorizationLink({ client: ada.connect(), ...asked }), {
    before: (number) => (number === 2 ? answered.promise : undefined),
  });
  const first = trpc.bank.transfer.mutate(outer);
  const hanging = trpc.bank.transfer.mutate(outer);
  await ada.approve((await asked.number(1)).request.id);
  const answer = await first;
  expect(answer).toMatchObject({ sent: 2 });
  answered.resolve();
  expect(await hanging).toEqual(answer);
  expect(ada.runs()).toHaveLength(1);
  await expect.poll(ada.requests).toMatchObject([{ state: 'granted' }, { state: 'cancelled' }]);
});

it('keeps nothing of what waits when the client is closed, as at a sign-out', async () => {
  const ada = newPerson();
  const asked = ceremonies();
  const client: CountersignClient = ada.connect();
  const plain = hostClient(
    ada,
    () =>
      ({ op, next }) =>
        next(op),
  );
  let sent = 0;
  const authorizer = createAuthorizer({ client, ...asked });
  const pay = (data: typeof inner) =>
    authorizer
      .run<unknown>(`pay ${data.amountCents}`, () => {
        sent += 1;
        return plain.bank.transfer.mutate(data);
      })
      .catch((error: unknown) => error);
  const waiting = [pay(inner), pay(inner), pay(outer)];
  const { signal } = await asked.number(1);
  await expect.poll(() => liveCallsOf(client).size).toBe(2);
  await client.close();
  for (const error of await Promise.all(waiting)) expect(reasonOf(error)).toBe('connection_failed');
  expect(signal.aborted).toBe(true);
  expect(liveCallsOf(client).size).toBe(0);
  expect(sent).toBe(3);
  // Nor does the next one share anything with them.
  expect(reasonOf(await pay(inner))).toBe('authorization_required');
  expect(sent).toBe(4);
  expect(asked.all).toHaveLength(1);
});
