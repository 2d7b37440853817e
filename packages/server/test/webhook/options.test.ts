import { openCore } from '@countersign/core';
import { createTestDatabase } from '@countersign/core/testing';
import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../src/options.ts';
import { loopbackNetworks, withLoopback } from '../../src/webhook/loopback.ts';
import { countersignVersion } from '../../src/cli/version.ts';
import { startTestServer, type TestServer } from '../../testing/index.ts';
import { startCommand } from '../support/command.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { openEndpoint } from './endpoint.ts';

/** Registers an endpoint and sends it a test message. */
async function test({ cs: { core } }: TestServer, url: string) {
  const operator = core.context({ kind: 'operator' });
  const { id } = await core.webhook.create(operator, { url });
  return await core.webhook.test(operator, { id });
}

describe('the option webhooks', () => {
  it('left out, sends to nobody but what is public', async () => {
    await using endpoint = await openEndpoint();
    await using server = await startTestServer({ webhooks: {} });
    for (const host of ['localhost', '127.0.0.1', '[::ffff:127.0.0.1]', 'metadata.internal'])
      expect(await test(server, `https://${host}:${endpoint.port}/`), host).toMatchObject({
        delivered: false,
        failure: 'address_refused',
      });
    await expect(test(server, `http://localhost:${endpoint.port}/`)).rejects.toMatchObject({
      reason: 'invalid_input',
    });
    expect(endpoint.connections).toBe(0);
  });

  it('opens the networks that it names, without encryption those of this machine', async () => {
    await using endpoint = await openEndpoint();
    await using server = await startTestServer({ webhooks: { allow: ['127.0.0.0/8', '::1/128'] } });
    for (const host of ['localhost', '127.0.0.1'])
      expect(await test(server, `http://${host}:${endpoint.port}/`), host).toMatchObject({
        delivered: true,
        status: 204,
      });
    for (const { headers } of endpoint.received)
      expect(headers['user-agent']).toBe(`Countersign/${countersignVersion()}`);
  });

  it('as false, sends nothing from this process', async () => {
    await using server = await startTestServer({ webhooks: false });
    await expect(test(server, 'https://hooks.example.com/')).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('names no network that is none, and says what is expected', () => {
    const given = {
      issuer: 'Bank',
      audience: 'bank.test',
      secret: Buffer.alloc(32, 1).toString('base64'),
      database: 'postgresql://localhost/bank',
      methods: [],
    };
    expect(parseOptions(given).webhooks).toEqual({ allow: [] });
    for (const allow of [['10.20.0.1/16'], ['10.0.0.0'], ['*'], [''], [10], '10.0.0.0/8'])
      expect(() => parseOptions({ ...given, webhooks: { allow } as never }), String(allow)).toThrow(
        /webhooks(?:\.allow\S*)? +expected (?:networks such as 10\.20\.0\.0\/16|false, or)/,
      );
    for (const webhooks of [true, null, { allowed: [] }])
      expect(() => parseOptions({ ...given, webhooks: webhooks as never })).toThrow(/webhooks/);
  });

  it('in development opens this machine as well', { timeout: 60_000 }, async () => {
    await using endpoint = await openEndpoint();
    await using database = await createTestDatabase();
    await using folder = await temporaryDirectory();
    const secret = Buffer.alloc(32, 1).toString('base64');
    const core = await openCore({
      database: database.url,
      secret,
      methods: [],
      migrate: false,
      sweep: false,
    });
    const asked = { title: 'console', role: 'operator' } as const;
    const { key } = await core.serviceKey.create(core.context({ kind: 'operator' }), asked);
    await core.close();
    const env = { COUNTERSIGN_SECRET: secret };
    const args = ['dev', '--port', '0', '--db', database.url, '--no-demo', '--no-open'];
    await using command = startCommand(args, { cwd: folder.path, env });
    const [, url] = await command.prints(/listening +(http:\/\/localhost:\d+)/);
    const call = async (procedure: string, input: object) => {
      const response = await fetch(`${url}/trpc/${procedure}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ json: input }),
      });
      return (await response.json()) as { result: { data: { json: { id: string; status: number } } } };
    };
    const created = await call('webhook.create', { url: `http://localhost:${endpoint.port}/` });
    const { id } = created.result.data.json;
    expect((await call('webhook.test', { id })).result.data.json).toMatchObject({
      delivered: true,
      status: 204,
    });
    expect(endpoint.received).toHaveLength(1);
  });

  it('is kept in development: networks that it names stay open, and false stays false', () => {
    expect(withLoopback({ allow: ['10.0.0.0/8'] })).toEqual({ allow: ['10.0.0.0/8', ...loopbackNetworks] });
    expect(withLoopback({})).toEqual({ allow: loopbackNetworks });
    expect(withLoopback(false)).toBe(false);
  });
});
