import { expect, it } from 'vitest';
import { AuthorizationDenied, authorizationFetch } from '../../src/index.ts';
import { ceremonies } from '../support/ceremonies.ts';
import { sharedBank } from '../support/shared-bank.ts';

const { newPerson } = sharedBank();
const data = { to: 'GB29', amountCents: 250_000 };
const headers = { 'content-type': 'application/json' };
const transfer = { method: 'POST', headers, body: JSON.stringify(data) };

it('makes a plain request again once it is granted, and has read its dates', async () => {
  const ada = newPerson();
  const asked = ceremonies(({ request }) => ada.approve(request.id));
  const guarded = authorizationFetch({ client: ada.connect(), ...asked });
  const response = await guarded(ada.plainUrl, transfer);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ sent: data.amountCents });
  expect(asked.all[0]?.request).toMatchObject({ data, state: 'waiting' });
  expect(asked.all[0]?.request.expiresAt).toBeInstanceOf(Date);
  expect(ada.runs()).toHaveLength(1);
});

it('takes a Request too, and everything else whose body can be sent twice', async () => {
  const ada = newPerson();
  const asked = ceremonies(({ request }) => ada.approve(request.id));
  const guarded = authorizationFetch({ client: ada.connect(), ...asked });
  const bytes = new TextEncoder().encode(transfer.body);
  for (const send of [
    () => guarded(new Request(ada.plainUrl, transfer)),
    () => guarded(new URL(ada.plainUrl), { ...transfer, body: bytes }),
    () => guarded(ada.plainUrl, { ...transfer, body: new Blob([bytes]) }),
    () => guarded(new Request(ada.plainUrl, { ...transfer, body: 'not this' }), transfer),
  ]) {
    const response = await send();
    expect(await response.json()).toMatchObject({ sent: data.amountCents });
  }
  expect(ada.runs()).toHaveLength(4);
});

it('asks once for identical requests, and gives each an answer that it can read', async () => {
  const ada = newPerson();
  const asked = ceremonies();
  let answers = 0;
  const guarded = authorizationFetch({
    client: ada.connect(),
    ...asked,
    async fetch(input, init) {
      const response = await fetch(input, init);
      answers += 1;
      return response;
    },
  });
  const requests = [
    guarded(ada.plainUrl, transfer),
    guarded(ada.plainUrl, { ...transfer, headers: { ...headers, 'x-attempt': '2' } }),
    guarded(new Request(ada.plainUrl, transfer)),
  ];
  await expect.poll(() => answers).toBe(3);
  await ada.approve((await asked.number(1)).request.id);
  const bodies = await Promise.all(
    requests.map(async (request) => (await request).json() as Promise<unknown>),
  );
  expect(bodies[0]).toMatchObject({ sent: data.amountCents });
  expect(bodies[1]).toEqual(bodies[0]);
  expect(bodies[2]).toEqual(bodies[0]);
  expect(ada.runs()).toHaveLength(1);
});

it('gives both of two identical requests an answer, though one was let through and has read its own', async () => {
  const ada = newPerson();
  const asked = ceremonies();
  const delayed = Promise.withResolvers<void>();
  let sent = 0;
  const guarded = authorizationFetch({
    client: ada.connect(),
    ...asked,
    async fetch(input, init) {
      sent += 1;
      if (sent === 2) await delayed.promise;
      return await fetch(input, init);
    },
  });
  const post = async (): Promise<unknown> => (await guarded(ada.plainUrl, transfer)).json();
  const answers = Promise.all([post(), post()]);
  const { request, signal } = await asked.number(1);
  await ada.approve(request.id);
  await expect.poll(() => signal.aborted).toBe(true);
  delayed.resolve();
  const [first, second] = await answers;
  expect(first).toMatchObject({ sent: data.amountCents });
  expect(second).toEqual(first);
  expect(ada.runs()).toHaveLength(1);
});

it('gives the 428 back, to be read, where nobody asks', async () => {
  const ada = newPerson();
  const guarded = authorizationFetch({ client: ada.connect() });
  const response = await guarded(ada.plainUrl, transfer);
  expect(response.status).toBe(428);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(await response.json()).toMatchObject({ status: 428, reason: 'authorization_required' });
});

it('fails when the person says no', async () => {
  const ada = newPerson();
  const asked = ceremonies(({ request }) => ada.deny(request.id));
  const guarded = authorizationFetch({ client: ada.connect(), ...asked });
  await expect(guarded(ada.plainUrl, transfer)).rejects.toThrow(AuthorizationDenied);
});

it('passes on as they are: what is read only, streams, other 428s, other answers', async () => {
  const ada = newPerson();
  const asked = ceremonies();
  const seen: [unknown, unknown][] = [];
  const given = new Response('terms', { status: 428 });
  const guarded = authorizationFetch({
    client: ada.connect(),
    ...asked,
    fetch: async (input, init) => {
      seen.push([input, init]);
      return given;
    },
  });
  const problem = { status: 428, reason: 'authorization_required', authorizationRequest: { id: 'areq_1' } };
  const stream = new Blob(['x']).stream();
  expect(await guarded('/terms', { method: 'POST', body: 'x' })).toBe(given);
  expect(await guarded('/terms')).toBe(given);
  const streamed = { method: 'POST', body: stream, duplex: 'half' } as RequestInit;
  expect(await guarded('/terms', streamed)).toBe(given);
  expect(seen.at(-1)).toEqual(['/terms', streamed]);
  expect(stream.locked).toBe(false);
  const refusing = authorizationFetch({
    client: ada.connect(),
    ...asked,
    fetch: async () => Response.json(problem, { status: 428 }),
  });
  expect((await refusing('/terms', { body: stream, method: 'PUT' })).status).toBe(428);
  expect(asked.all).toEqual([]);
});
