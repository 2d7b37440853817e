import { createTestDatabase } from '@countersign/core/testing';
import { describe, expect, it } from 'vitest';
import { metricsAccess } from '../../src/settings/metrics-access.ts';
import { startCommand } from '../support/command.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const token = 'metrics-token-0123456789';

describe('without a word in the configuration, countersign serve', () => {
  it.each(['127.0.0.1', 'localhost', '::1', '127.1.2.3'])('tells its metrics on %s', (host) => {
    expect(metricsAccess({ host, metrics: {} })).toEqual({ enabled: true, token: undefined });
  });

  it.each(['0.0.0.0', '::', '10.0.0.4', 'bank.example', '127.0.0.1.bank.example', 'localhost.bank.example'])(
    'tells none on %s',
    (host) => {
      expect(metricsAccess({ host, metrics: {} })).toEqual({ enabled: false, token: undefined });
    },
  );

  it('tells them to who has the token, wherever it listens', () => {
    const open = { enabled: true, token };
    expect(metricsAccess({ host: '0.0.0.0', metrics: {}, metricsToken: token })).toEqual(open);
    expect(metricsAccess({ host: '0.0.0.0', metrics: { token } })).toEqual(open);
    expect(metricsAccess({ host: '127.0.0.1', metrics: {}, metricsToken: token })).toEqual(open);
  });
});

describe('with one, countersign serve', () => {
  it('does what it says', () => {
    expect(metricsAccess({ host: '127.0.0.1', metrics: { enabled: false } }).enabled).toBe(false);
    expect(metricsAccess({ host: '0.0.0.0', metrics: { enabled: true } }).enabled).toBe(true);
    const off = metricsAccess({ host: '127.0.0.1', metrics: { enabled: false }, metricsToken: token });
    expect(off.enabled).toBe(false);
  });
});

it(
  'the running server asks for the token that its environment names, and never prints it',
  { timeout: 60_000 },
  async () => {
    await using folder = await temporaryDirectory();
    await using database = await createTestDatabase();
    await using server = startCommand(['serve', '--port', '0'], {
      cwd: folder.path,
      env: {
        DATABASE_URL: database.url,
        COUNTERSIGN_SECRET: Buffer.alloc(32, 1).toString('base64'),
        COUNTERSIGN_SERVICE_KEY: `csk_${'a'.repeat(40)}`,
        COUNTERSIGN_METRICS_TOKEN: token,
        LOG_LEVEL: 'debug',
      },
    });
    const [, port] = await server.prints(/http:\/\/127\.0\.0\.1:(\d+)/);
    const url = `http://127.0.0.1:${port}/metrics`;
    expect((await fetch(url)).status).toBe(401);
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('countersign_database_up 1\n');
    expect(server.output()).not.toContain(token);
  },
);
