import { otp } from '@countersign/core';
import { serverUrl } from '@countersign/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { SettingsError } from '../../src/settings/settings-error.ts';
import { createTestCountersign, requiredAuthorization } from '../../testing/index.ts';
import { transferRequest } from '../support/transfer.ts';
import { openBank, operations } from './bank.ts';

let admin: pg.Client;
beforeAll(async () => {
  admin = new pg.Client({ connectionString: serverUrl() });
  await admin.connect();
});
afterAll(() => admin.end());

async function exists(url: string): Promise<boolean> {
  const name = new URL(url).pathname.slice(1);
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  return rowCount === 1;
}

async function databases(): Promise<string[]> {
  const { rows } = await admin.query<{ datname: string }>(
    "SELECT datname FROM pg_database WHERE datname ~ '^countersign_test_[0-9a-f]{16}$'",
  );
  return rows.map(({ datname }) => datname);
}

it('makes a database of its own on the PostgreSQL that is named, and drops it', async () => {
  let url = '';
  {
    await using test = await createTestCountersign({ database: serverUrl(), operations });
    url = test.database;
    await test.service.authorizationRequest.create(transferRequest);
    expect(await exists(url)).toBe(true);
  }
  expect(await exists(url)).toBe(false);
});

it('gives two tests at the same time nothing in common', async () => {
  await using one = await createTestCountersign({ operations });
  await using other = await createTestCountersign({ operations, startsAt: new Date('2030-01-01T00:00:00Z') });
  expect(other.clock.now().getFullYear()).toBe(2030);
  one.clock.advance({ days: 1 });
  expect(other.clock.now()).toEqual(new Date('2030-01-01T00:00:00Z'));
  const { id } = await one.service.authorizationRequest.create(transferRequest);
  await expect(other.service.authorizationRequest.get({ id })).rejects.toMatchObject({
    cause: { reason: 'not_found' },
  });
  expect(other.inbox.messages()).toEqual([]);
});

it('drops what a killed test has left there, and nothing that a test still uses', async () => {
  const [abandoned, foreign] = ['countersign_test_00000000deadbeef', 'countersign_test_of_somebody'];
  await admin.query(`CREATE DATABASE ${abandoned}`);
  await admin.query(`CREATE DATABASE ${foreign}`);
  try {
    await using used = await createTestCountersign({ operations });
    // Another process, as it begins: what this one has swept already, it does not know.
    vi.resetModules();
    const { createTestCountersign: createAnew } = await import('../../testing/index.ts');
    await using _ = await createAnew({ operations });
    expect(await databases()).not.toContain(abandoned);
    expect(await exists(used.database)).toBe(true);
    const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [foreign]);
    expect(rowCount).toBe(1);
  } finally {
    for (const name of [abandoned, foreign]) await admin.query(`DROP DATABASE IF EXISTS ${name}`);
  }
});

it('leaves no database behind when it cannot be opened', async () => {
  const before = await databases();
  await expect(createTestCountersign({ operations, issuer: '' })).rejects.toThrow(SettingsError);
  const unable = createTestCountersign({
    operations,
    app: () => Promise.reject(new Error('no such module')),
  });
  await expect(unable).rejects.toThrow('no such module');
  expect(await databases()).toEqual(before);
});

it('lets go of what the app has opened, last first, before the database goes, even when one of it fails', async () => {
  const order: string[] = [];
  const test = await createTestCountersign({
    operations,
    app: async (parts) => {
      const bank = await openBank(parts);
      parts.defer(() => order.push('first'));
      parts.defer(async () => {
        order.push(`second, ${String(await exists(parts.database))}`);
        throw new Error('the app did not close');
      });
      return bank;
    },
  });
  await expect(test[Symbol.asyncDispose]()).rejects.toThrow('the app did not close');
  expect(order).toEqual(['second, true', 'first']);
  expect(await exists(test.database)).toBe(false);
  await test[Symbol.asyncDispose]();
});

it('drops the database also when the app keeps its connections', async () => {
  const test = await createTestCountersign({ operations });
  const forgotten = new pg.Client({ connectionString: test.database });
  const cut = new Promise((resolve) => forgotten.on('error', resolve));
  await forgotten.connect();
  await test[Symbol.asyncDispose]();
  await cut;
  expect(await exists(test.database)).toBe(false);
});

it('says where no database could be made, and not by which password', async () => {
  const place = 'postgresql://ada:hunter2@127.0.0.1:1/bank';
  const text = await createTestCountersign({ database: place }).then(() => '', String);
  expect(text).toMatch(/^Error: No database for this test could be made on 127\.0\.0\.1:1\/bank: /);
  expect(text).not.toContain('hunter2');
});

it('refuses to run in production', async () => {
  vi.stubEnv('NODE_ENV', 'production');
  try {
    await expect(createTestCountersign()).rejects.toThrow('refuses to run with NODE_ENV=production');
  } finally {
    vi.unstubAllEnvs();
  }
});

it('takes methods of the host’s own, which send into the inbox', async () => {
  await using test = await createTestCountersign({
    operations,
    app: openBank,
    methods: ({ send, emailOf }) => [
      otp({
        send,
        generate: () => '24682468',
        resolve: ({ subjectId }) => ({ channel: 'email', address: emailOf(subjectId) ?? '' }),
      }),
    ],
  });
  const ada = test.subject('ada');
  const call = () => test.caller(ada).bank.transfer({ to: 'GB29', amountCents: 1 });
  const { methods } = await requiredAuthorization(call());
  expect(methods).toEqual(['otp']);
  expect(await test.inbox.code('ada@example.test')).toBe('24682468');
  await expect(ada.enrolTotp()).rejects.toMatchObject({ cause: { reason: 'method_unavailable' } });
});

it('says what to do when a code did not go through the inbox', async () => {
  const methods = [
    otp({
      send: async () => undefined,
      resolve: () => ({ channel: 'email', address: 'ada@bank.example' }),
    }),
  ];
  await using test = await createTestCountersign({ operations, app: openBank, methods });
  const ada = test.subject('ada');
  const call = () => test.caller(ada).bank.transfer({ to: 'GB29', amountCents: 1 });
  await expect(ada.approve(await requiredAuthorization(call()))).rejects.toThrow(
    'methods: ({ send }) => [otp({ send })]',
  );
});
