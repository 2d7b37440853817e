import { Webhook } from 'standardwebhooks';
import { expect, it, vi } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/index.ts';
import { mutate, query } from '../support/http.ts';
import { bearer, issue } from '../support/tokens.ts';
import { openEndpoint } from './endpoint.ts';

interface Endpoint {
  readonly id: string;
  readonly secret: string;
}

interface Deliveries {
  readonly items: readonly { readonly id: string; readonly state: string; readonly eventId: string }[];
}

/** Calls over HTTP, by the key of an operator. */
async function operatorOf(server: TestServer) {
  const operator = server.cs.createCaller({ kind: 'operator' });
  const { key } = await operator.serviceKey.create({ title: 'console', role: 'operator' });
  const headers = bearer(key ?? '');
  return {
    async write<Result>(path: string, input: object): Promise<Result> {
      const { result, error } = await mutate(server, path, input, { headers });
      expect(error).toBeUndefined();
      return result as Result;
    },
    async read<Result>(path: string, input: object): Promise<Result> {
      return (await query(server, path, input, { headers })).result as Result;
    },
  };
}

it('an operator registers an endpoint over HTTP, tests it, rotates its secret, and sends again what it took', async () => {
  await using receiver = await openEndpoint();
  await using server = await startTestServer({ webhooks: { allow: ['127.0.0.1/32'] } });
  const operator = await operatorOf(server);
  const url = `http://127.0.0.1:${receiver.port}/hook`;
  const types = ['scoped_token.issued'];
  const { id, secret } = await operator.write<Endpoint>('webhook.create', { url, types });
  const verified = (at: number, by: string) => {
    const { body, headers } = receiver.received[at]!;
    return new Webhook(by).verify(body, headers);
  };

  expect(await operator.write('webhook.test', { id })).toMatchObject({ delivered: true, status: 204 });
  expect(verified(0, secret)).toMatchObject({ type: 'webhook.test', data: { endpointId: id } });

  await issue(server, { subjectId: 'ada', preset: 'subject' });
  await vi.waitFor(() => expect(receiver.received).toHaveLength(2), 5000);
  expect(verified(1, secret)).toMatchObject({ type: 'scoped_token.issued', data: { subjectId: 'ada' } });

  const rotated = await operator.write<Endpoint>('webhook.rotateSecret', { id });
  const list = async () => (await operator.read<Deliveries>('webhook.deliveries', { endpointId: id })).items;
  await vi.waitFor(async () => expect(await list()).toMatchObject([{ state: 'delivered' }]), 5000);
  const [delivery] = await list();
  expect(await operator.write('webhook.replay', { deliveryId: delivery?.id })).toEqual({
    replayed: 1,
    cursor: null,
  });
  await vi.waitFor(() => expect(receiver.received).toHaveLength(3), 5000);
  for (const by of [secret, rotated.secret]) expect(verified(2, by)).toEqual(verified(1, secret));
  expect(receiver.received[2]?.headers['webhook-id']).toBe(delivery?.eventId);

  expect(await operator.read('webhook.list', {})).toMatchObject([{ id, url, types, isActive: true }]);
  expect(await operator.write('webhook.update', { id, isActive: false })).toMatchObject({ isActive: false });
  expect(await operator.write('webhook.remove', { id })).toEqual({ removed: true });
  expect(await operator.read('webhook.list', {})).toEqual([]);
  for (const { secret: text } of [{ secret }, rotated])
    expect(server.log.join('\n')).not.toContain(text.slice(6, 30));
});

it('neither the service nor a token reaches a webhook, whatever its scope says', async () => {
  await using server = await startTestServer();
  const input = { url: 'https://ledger.example/' };
  const scope = { rpc: { m: ['webhook.create'], q: ['webhook.list'] } };
  const { token } = await issue(server, { subjectId: 'ada', scope });
  for (const headers of [server.credential, bearer(token)]) {
    expect((await mutate(server, 'webhook.create', input, { headers })).error?.data.reason).toBe('forbidden');
    expect((await query(server, 'webhook.list', {}, { headers })).error?.data.reason).toBe('forbidden');
  }
});
