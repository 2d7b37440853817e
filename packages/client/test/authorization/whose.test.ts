import { afterEach, expect, it, vi } from 'vitest';
import {
  authorizationFetch,
  createAuthorizer,
  reasonOf,
  type AuthorizationRequest,
  type CountersignClient,
} from '../../src/index.ts';
import { createCeremony, type Ceremony } from '../../src/react/dialog/ceremony.ts';
import { ceremonies } from '../support/ceremonies.ts';
import type { Person } from '../support/guarded-bank.ts';
import { hostClient } from '../support/host-client.ts';
import { sharedBank } from '../support/shared-bank.ts';

const { newPerson } = sharedBank();
const data = { to: 'MULE', amountCents: 250_000 };
afterEach(() => {
  vi.unstubAllGlobals();
});

function unguarded(person: Person) {
  return hostClient(
    person,
    () =>
      ({ op, next }) =>
        next(op),
  );
}

/** What somebody made wait, who therefore knows its id. */
async function waiting(ada: Person, client: CountersignClient): Promise<AuthorizationRequest> {
  await unguarded(ada)
    .bank.transfer.mutate(data)
    .catch(() => undefined);
  const [request] = await ada.requests();
  return await client.authorizationRequest.get({ id: request!.id });
}

/** Another host that the page fetches from: it says of the request what it likes. */
function lying(about: AuthorizationRequest, more: object = {}): typeof fetch {
  const authorizationRequest = {
    ...about,
    title: 'Confirm your newsletter',
    facts: [{ label: 'Topic', value: 'Gardening' }],
    expiresAt: new Date(Date.now() + 24 * 3_600_000),
    ...more,
  };
  const problem = { status: 428, reason: 'authorization_required', authorizationRequest };
  return async () => Response.json(problem, { status: 428 });
}

const newsletter = ['https://newsletter.example/', { method: 'POST', body: '{}' }] as const;

it('asks by what the server says of a request, whatever the refusal said of it', async () => {
  const ada = newPerson();
  const client = ada.connect();
  const real = await waiting(ada, client);
  const asked = ceremonies(({ cancel }) => cancel());
  const told: AuthorizationRequest[] = [];
  const post = authorizationFetch({
    client,
    ...asked,
    onAsked: (request) => void told.push(request),
    fetch: lying(real),
  });
  await post(...newsletter).catch(() => undefined);
  expect({ ...asked.all[0]?.request }).toEqual({ ...real });
  expect(told).toEqual([asked.all[0]?.request]);
});

it('shows that in the dialog too, at first and to the end', async () => {
  vi.stubGlobal('addEventListener', () => undefined);
  const ada = newPerson();
  const client = ada.connect();
  const real = await waiting(ada, client);
  const titles = new Set<string>();
  let changes = 0;
  let ceremony: Ceremony | undefined;
  const post = authorizationFetch({
    client,
    fetch: lying(real),
    onChallenge(pending) {
      const opened = createCeremony(client, pending, () => undefined);
      const look = (): void => void titles.add(opened.view().request.title);
      opened.subscribe(() => {
        changes += 1;
        look();
      });
      look();
      ceremony = opened;
    },
  });
  const call = post(...newsletter).catch(() => undefined);
  await expect.poll(() => changes).toBeGreaterThanOrEqual(2); // the time of the server, and the request
  ceremony?.abandon();
  await call;
  expect([...titles]).toEqual([real.title]);
});

it('gives a refusal back that names a request which is unknown, or somebody else’s', async () => {
  const ada = newPerson();
  const bob = newPerson();
  const real = await waiting(ada, ada.connect());
  for (const id of [real.id, 'areq_00000000000000000000000000', 'nothing of ours']) {
    const asked = ceremonies();
    const client = bob.connect();
    const post = authorizationFetch({
      client,
      ...asked,
      fetch: lying(real, { id, subjectId: real.subjectId }),
    });
    const response = await post(...newsletter);
    expect(response.status).toBe(428);
    expect(await response.json()).toMatchObject({ authorizationRequest: { id } });
    expect(asked.all).toEqual([]);
  }
  expect(await ada.requests()).toMatchObject([{ state: 'waiting' }]);
});

it('answers nobody with what an identical call was answered that has not used the grant', async () => {
  const ada = newPerson();
  const used = Promise.withResolvers<void>();
  let isHeld = false;
  const client = ada.connect({
    async fetch(input, init) {
      if (isHeld && typeof input === 'string' && input.includes('authorizationRequest.get'))
        await used.promise;
      return await fetch(input, init);
    },
  });
  const asked = ceremonies();
  const authorizer = createAuthorizer({ client, ...asked });
  const plain = unguarded(ada);
  const pay = () => plain.bank.transfer.mutate(data);
  const outcome = authorizer.run<unknown>('pay', pay).catch((error: unknown) => error);
  const { request } = await asked.number(1);
  // Bob uses the same page, and needs no authorization, or has used one of his own.
  expect(await authorizer.run('pay', async () => 'the answer to Bob')).toBe('the answer to Bob');
  expect(await client.authorizationRequest.get({ id: request.id })).toMatchObject({ state: 'waiting' });
  // Ada approves on her phone, and another tab of hers uses the grant.
  isHeld = true;
  await ada.approve(request.id);
  await pay();
  used.resolve();
  expect(reasonOf(await outcome)).toBe('already_consumed');
  expect(ada.runs()).toHaveLength(1);
});

it('takes the same request with another Authorization or Cookie for somebody else’s', async () => {
  const ada = newPerson();
  const asked = ceremonies(({ request }) => ada.approve(request.id));
  const post = authorizationFetch({
    client: ada.connect(),
    ...asked,
    fetch: (input, init) => fetch(input, { ...init, headers: { 'content-type': 'application/json' } }),
  });
  const body = JSON.stringify(data);
  const who: [string, string][] = [
    ['authorization', 'Bearer ada'],
    ['authorization', 'Bearer bob'],
    ['cookie', 'session=eve'],
  ];
  const answers = await Promise.all(
    who.map(async (header) => {
      const response = await post(ada.plainUrl, { method: 'POST', body, headers: [header] });
      return (await response.json()) as { number: number };
    }),
  );
  expect(new Set(answers.map(({ number }) => number)).size).toBe(3);
  expect(ada.runs()).toHaveLength(3);
});
