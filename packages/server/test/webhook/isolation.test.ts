import { Webhook } from 'standardwebhooks';
import { describe, expect, it, vi } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/index.ts';
import { transfer, transferRequest } from '../support/transfer.ts';
import { openEndpoint } from './endpoint.ts';
import { drip, openRaw } from './raw-endpoint.ts';

const events = 20;
const type = 'authorization_request.created';

async function register({ cs }: TestServer, url: string): Promise<string> {
  const { secret } = await cs.core.webhook.create(cs.core.context({ kind: 'operator' }), {
    url,
    types: [type],
  });
  return secret!;
}

async function createMany({ cs }: TestServer): Promise<void> {
  const service = cs.createCaller({ kind: 'service' });
  for (let index = 0; index < events; index += 1) {
    const deliverTo = { channel: 'email', address: `subject-${index}@example.org` } as const;
    await service.authorizationRequest.create({
      ...transferRequest,
      subjectId: `subject-${index}`,
      deliverTo,
    });
  }
}

/** As the log shows them: a moment after their commits, while others write. */
async function idsOf({ cs }: TestServer): Promise<readonly string[]> {
  const service = cs.createCaller({ kind: 'service' });
  const { items } = await service.event.list({ types: [type], limit: 100 });
  return items.map(({ id }) => id);
}

describe('an endpoint of webhooks', () => {
  it('has all its events while others keep silent, trickle, or are closed', { timeout: 60_000 }, async () => {
    await using healthy = await openEndpoint();
    await using silent = await openRaw(() => undefined);
    await using trickling = await openRaw((socket) => drip(socket, 'H', 1000));
    const closed = await openRaw(() => undefined);
    await closed[Symbol.asyncDispose]();
    await using server = await startTestServer({
      operations: { transfer },
      webhooks: { allow: ['127.0.0.1/32'] },
    });
    for (const { url } of [silent, trickling, closed]) await register(server, url);
    const secret = await register(server, `http://127.0.0.1:${healthy.port}/`);

    await createMany(server);
    await vi.waitFor(() => expect(healthy.received).toHaveLength(events), 30_000);
    // What is sent to the others is still waited for: nobody has waited for them.
    for (const other of [silent, trickling]) expect(other.open()).toBeGreaterThan(0);
    const ids = await idsOf(server);
    expect(ids).toHaveLength(events);
    expect(new Set(healthy.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(ids));
    for (const { body, headers } of healthy.received)
      expect(new Webhook(secret).verify(body, headers)).toMatchObject({ type });
  });
});
