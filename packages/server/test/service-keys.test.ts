import { expect, it } from 'vitest';
import { mutate, query } from './support/http.ts';
import { sharedServer } from './support/shared-server.ts';
import { openSocket, reasonOf } from './support/socket.ts';
import { bearer } from './support/tokens.ts';
import { transfer, transferRequest } from './support/transfer.ts';

const shared = sharedServer({ operations: { transfer } });

interface Created {
  readonly id: string;
  readonly key: string;
}

/** As an operator in this process; no service can make one. */
async function create(role: 'service' | 'operator' = 'service'): Promise<Created> {
  const operator = shared().cs.createCaller({ kind: 'operator' });
  const { id, key } = await operator.serviceKey.create({ title: 'billing', role });
  if (key === null) throw new Error('no key was shown');
  return { id, key };
}

const listEvents = (key: string) => query(shared(), 'event.list', {}, { headers: bearer(key) });

it('a service key of the database acts as the service, and one of an operator manages keys and acts for nobody', async () => {
  const service = await create();
  const operator = await create('operator');
  expect((await listEvents(service.key)).status).toBe(200);
  const made = await mutate(shared(), 'authorizationRequest.create', transferRequest, {
    headers: bearer(service.key),
  });
  expect(made.status).toBe(200);
  const byOperator = (path: string, input: object) =>
    mutate(shared(), path, input, { headers: bearer(operator.key) });
  expect((await byOperator('serviceKey.create', { title: 'made over HTTP' })).status).toBe(200);
  expect((await byOperator('authorizationRequest.create', transferRequest)).error?.data.reason).toBe(
    'forbidden',
  );
  for (const credential of [bearer(service.key), shared().credential]) {
    const refused = await mutate(
      shared(),
      'serviceKey.create',
      { title: 'x', role: 'operator' },
      { headers: credential },
    );
    expect(refused.error?.data.reason).toBe('forbidden');
  }
});

it('a service key is shown once, and no list and no answer shows it again', async () => {
  const { id, key } = await create();
  const operator = await create('operator');
  const { text } = await query(shared(), 'serviceKey.list', {}, { headers: bearer(operator.key) });
  expect(text).toContain(id);
  expect(text).not.toContain(key.slice(4, 30));
});

it('a revoked service key is refused at once, and its streams and sockets end', async () => {
  const { id, key } = await create();
  const operator = await create('operator');
  using socket = await openSocket(shared().port, { params: bearer(key) });
  expect((await socket.subscribe('event.stream', {}, 'stream')).result?.type).toBe('started');
  await mutate(shared(), 'serviceKey.revoke', { id }, { headers: bearer(operator.key) });
  expect((await listEvents(key)).status).toBe(401);
  // Its socket is still open, for a second at most: each message is asked for by itself.
  expect(reasonOf(await socket.call('query', 'event.list', {}))).toBe('unauthenticated');
  const refusal = await socket.answer(({ id: of, error }) => of === 'stream' && error !== undefined);
  expect(reasonOf(refusal)).toBe('unauthenticated');
  expect(await socket.closed).toBe(1008);
});

it('a service key comes by the scheme Bearer alone, never as a token’s legacy scheme or in a URL', async () => {
  const { key } = await create();
  for (const scheme of ['TmpToken', 'DPoP', 'Basic', 'Token'])
    expect((await query(shared(), 'event.list', {}, { headers: bearer(key, scheme) })).status).toBe(401);
  const inUrl = await fetch(`${shared().url}/trpc/event.list?token=${key}`);
  expect(inUrl.status).toBe(401);
});
