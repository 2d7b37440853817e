import { expect, it } from 'vitest';
import {
  AuthorizationCancelled,
  AuthorizationDenied,
  authorizationLink,
  createAuthorizer,
  isCountersignError,
} from '../../src/index.ts';
import { ceremonies } from '../support/ceremonies.ts';
import type { Person, Transfer } from '../support/guarded-bank.ts';
import { hostClient } from '../support/host-client.ts';
import { sharedBank } from '../support/shared-bank.ts';

const { newPerson } = sharedBank();
const data = { to: 'GB29', amountCents: 250_000 };

/** A page that was refused, asked nobody, and was reloaded: what is left of it is the id. */
async function idOfRefusal(ada: Person): Promise<string> {
  const trpc = hostClient(
    ada,
    () =>
      ({ op, next }) =>
        next(op),
  );
  await trpc.bank.transfer.mutate(data).catch(() => undefined);
  const [request] = await ada.requests();
  return request!.id;
}

it('asks after a reload, by the id, and the call that is made with the data then finds its grant', async () => {
  const ada = newPerson();
  const id = await idOfRefusal(ada);
  const asked = ceremonies(({ request }) => ada.approve(request.id));
  const client = ada.connect();
  const granted = await createAuthorizer({ client, ...asked }).resume(id);
  expect(granted).toMatchObject({ id, state: 'granted', data });
  const trpc = hostClient(ada, authorizationLink({ client, ...asked }));
  expect(await trpc.bank.transfer.mutate(granted.data as Transfer)).toMatchObject({ sent: data.amountCents });
  expect(asked.all).toHaveLength(1);
});

it('answers at once when it is granted already, also when nobody asks', async () => {
  const ada = newPerson();
  const id = await idOfRefusal(ada);
  await ada.approve(id);
  expect(await createAuthorizer({ client: ada.connect() }).resume(id)).toMatchObject({ state: 'granted' });
});

it('waits for a decision by another device where nobody asks', async () => {
  const ada = newPerson();
  const id = await idOfRefusal(ada);
  const going = createAuthorizer({ client: ada.connect() }).resume(id);
  await ada.approve(id);
  expect(await going).toMatchObject({ state: 'granted' });
});

it('fails as the request does, and as not_found for one that is unknown', async () => {
  const ada = newPerson();
  const id = await idOfRefusal(ada);
  const asked = ceremonies();
  const authorizer = createAuthorizer({ client: ada.connect(), ...asked });
  const going = authorizer.resume(id);
  going.catch(() => undefined);
  await asked.number(1);
  await ada.deny(id);
  await expect(going).rejects.toThrow(AuthorizationDenied);
  await expect(authorizer.resume(id)).rejects.toThrow(AuthorizationDenied);
  const unknown: unknown = await authorizer
    .resume('areq_00000000000000000000000000')
    .catch((error: unknown) => error);
  expect(isCountersignError(unknown)).toBe(true);
  expect(asked.all).toHaveLength(1);
});

it('stops waiting by its signal and leaves the request, while closing what asks cancels it', async () => {
  const ada = newPerson();
  const id = await idOfRefusal(ada);
  const asked = ceremonies();
  const authorizer = createAuthorizer({ client: ada.connect(), ...asked });
  const leaving = new AbortController();
  const left = authorizer.resume(id, { signal: leaving.signal });
  left.catch(() => undefined);
  const { signal } = await asked.number(1);
  leaving.abort();
  await expect(left).rejects.toThrow(AuthorizationCancelled);
  await expect.poll(() => signal.aborted).toBe(true);
  expect(await ada.requests()).toMatchObject([{ state: 'waiting' }]);
  await expect(authorizer.resume(id, { signal: AbortSignal.abort() })).rejects.toThrow(
    AuthorizationCancelled,
  );

  const going = authorizer.resume(id);
  going.catch(() => undefined);
  (await asked.number(2)).cancel();
  await expect(going).rejects.toThrow(AuthorizationCancelled);
  await expect.poll(ada.requests).toMatchObject([{ state: 'cancelled' }]);
});

it('stands in line with the calls of the same client', async () => {
  const ada = newPerson();
  const id = await idOfRefusal(ada);
  const asked = ceremonies();
  const client = ada.connect();
  const trpc = hostClient(ada, authorizationLink({ client, ...asked }));
  const call = trpc.bank.transfer.mutate({ to: 'x', amountCents: 1 });
  await asked.number(1);
  const going = createAuthorizer({ client, ...asked }).resume(id);
  await ada.approve(asked.all[0]!.request.id);
  await call;
  await ada.approve((await asked.number(2)).request.id);
  expect(await going).toMatchObject({ id });
  expect(asked.mostAtOnce).toBe(1);
});
