import { defineOperation, limitBounds, otp } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCountersign, SettingsError } from '../src/index.ts';
import { parseOptions } from '../src/options.ts';
import { resolveSettings } from '../src/settings/resolve.ts';
import { devSchema, migrateSchema, serveSchema } from '../src/settings/schema.ts';

const secret = Buffer.alloc(32, 1).toString('base64');
const serviceKey = `csk_${'a'.repeat(32)}`;
const database = 'postgresql://localhost:5432/bank';

function wrongOf(run: () => unknown): Record<string, string> {
  try {
    run();
  } catch (error) {
    if (error instanceof SettingsError)
      return Object.fromEntries(error.wrong.map(({ setting, expected }) => [setting, expected]));
    throw error;
  }
  return {};
}

describe('the options of createCountersign', () => {
  it('are refused all at once, each with what is expected', async () => {
    const promise = createCountersign({
      issuer: '',
      secret: 'short',
      database: 'mysql://localhost',
      methods: 'otp',
      operations: { transfer: { slug: 'transfer' } },
      origins: ['https://bank.example/path'],
      serviceKey: 'csk_short',
      limits: { wrongProofsPerDayMax: -1 },
      misspelled: true,
    } as never);
    const error: unknown = await promise.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SettingsError);
    const names = (error as SettingsError).wrong.map(({ setting }) => setting).sort();
    expect(names).toEqual([
      'audience',
      'database',
      'issuer',
      'limits.wrongProofsPerDayMax',
      'methods',
      'misspelled',
      'operations.transfer',
      'origins[0]',
      'secret',
      'serviceKey',
    ]);
    expect((error as SettingsError).message).toContain('expected base64 of at least 32 random bytes');
    expect((error as SettingsError).message).not.toContain('short');
  });

  it('loosen no limit beyond what the odds of guessing allow, and leave one answer at least', () => {
    const options = {
      issuer: 'Acme Bank',
      audience: 'bank.example',
      methods: [],
      secret,
      database,
    };
    const within = { ...limitBounds, sendsPerSubjectDayMax: 1_000_000 };
    expect(parseOptions({ ...options, limits: within }).limits).toEqual(within);
    for (const [name, bound] of Object.entries(limitBounds)) {
      const parse = () => parseOptions({ ...options, limits: { [name]: bound + 1 } });
      expect(parse, name).toThrow(`limits.${name}`);
      // Nobody could ever answer.
      expect(() => parseOptions({ ...options, limits: { [name]: 0 } }), name).toThrow(`limits.${name}`);
    }
    const beyondInteger = { sendsPerSubjectDayMax: 2 ** 31 };
    expect(() => parseOptions({ ...options, limits: beyondInteger })).toThrow('limits.sendsPerSubjectDayMax');
  });

  it.each<[object, Record<string, string>]>([
    [
      { scopedToken: 7, limits: 7 },
      { scopedToken: 'an object', limits: 'an object' },
    ],
    [
      { scopedToken: { django: { secrets: [7], salt: '' } } },
      { 'scopedToken.django.secrets[0]': 'a text', 'scopedToken.django.salt': 'no empty salt' },
    ],
    [{ scopedToken: { django: { secrets: 7 } } }, { 'scopedToken.django.secrets': 'a list' }],
    [{ publicUrl: 'bank.example' }, { publicUrl: 'an http or https URL, or a function of the request' }],
    [{ publicUrl: 'https://bank.example?x' }, { publicUrl: 'a URL without query, fragment and user' }],
  ])('are refused in our words, not in those of the library that checks them: %o', (wrong, words) => {
    const options = { issuer: 'Acme Bank', audience: 'bank.example', methods: [], secret, database };
    expect(wrongOf(() => parseOptions({ ...options, ...wrong }))).toEqual(words);
  });

  it('are not made up: a database and a secret must be given', async () => {
    const error = await createCountersign({
      issuer: 'a',
      audience: 'b',
      methods: [],
      secret: undefined,
      database: undefined,
    }).catch((thrown: unknown) => thrown as SettingsError);
    expect((error as SettingsError).wrong.map(({ setting }) => setting).sort()).toEqual([
      'database',
      'secret',
    ]);
  });
});

describe('settings', () => {
  const file = { name: 'countersign.config.ts', values: { port: 4100, host: '127.0.0.2', logLevel: 'warn' } };

  it('of the command line go before the environment, that before the file, that before the default', () => {
    const environment = {
      PORT: '4200',
      COUNTERSIGN_SECRET: secret,
      COUNTERSIGN_SERVICE_KEY: serviceKey,
      DATABASE_URL: database,
    };
    const resolve = (commandLine: object, variables: Record<string, string>) =>
      resolveSettings(serveSchema, {
        commandLine: commandLine as Record<string, unknown>,
        environment: { ...environment, ...variables },
        file,
      });
    expect(resolve({ port: '4300' }, {})).toMatchObject({
      port: 4300,
      host: '127.0.0.2',
      logLevel: 'warn',
      issuer: 'Countersign',
    });
    expect(resolve({}, {})).toMatchObject({ port: 4200 });
    expect(resolve({}, { PORT: '' })).toMatchObject({ port: 4100 });
    expect(resolve({}, { COUNTERSIGN_ORIGINS: 'https://a.example, https://b.example:8443' }).origins).toEqual(
      ['https://a.example', 'https://b.example:8443'],
    );
  });

  it('are refused all at once, each under the name by which it was given', () => {
    const wrong = wrongOf(() =>
      resolveSettings(serveSchema, {
        commandLine: { port: 'http' },
        environment: {
          COUNTERSIGN_SECRET: 'c2hvcnQ=',
          COUNTERSIGN_ORIGINS: 'bank.example',
          LOG_LEVEL: 'loud',
          DATABASE_URL: '.countersign/db',
        },
        file: { name: 'countersign.config.ts', values: { host: 7, issuerr: 'Acme', methods: [otp] } },
      }),
    );
    expect(Object.keys(wrong).sort()).toEqual([
      '--port',
      'COUNTERSIGN_ORIGINS[0]',
      'COUNTERSIGN_SECRET',
      'COUNTERSIGN_SERVICE_KEY',
      'DATABASE_URL',
      'LOG_LEVEL',
      'countersign.config.ts: host',
      'countersign.config.ts: issuerr',
      'countersign.config.ts: methods',
    ]);
    expect(wrong['--port']).toBe('a whole number from 0 to 65535');
    expect(wrong['countersign.config.ts: issuerr']).toBe('no such setting');
  });

  it('never show the value of a secret', () => {
    const environment = {
      COUNTERSIGN_SECRET: 'canary-secret',
      COUNTERSIGN_SERVICE_KEY: 'canary-key',
      DATABASE_URL: 'canary-url',
    };
    expect(() => resolveSettings(serveSchema, { commandLine: {}, environment, file: null })).toThrow(
      SettingsError,
    );
    expect(
      JSON.stringify(
        wrongOf(() => resolveSettings(serveSchema, { commandLine: {}, environment, file: null })),
      ),
    ).not.toContain('canary');
  });

  it('of serve must be given: a database, a secret, a service key', () => {
    const wrong = wrongOf(() =>
      resolveSettings(serveSchema, { commandLine: {}, environment: {}, file: null }),
    );
    expect(Object.keys(wrong).sort()).toEqual([
      'COUNTERSIGN_SECRET',
      'COUNTERSIGN_SERVICE_KEY',
      'DATABASE_URL',
    ]);
    for (const value of ['temporary', './data']) {
      const environment = { COUNTERSIGN_SECRET: secret, COUNTERSIGN_SERVICE_KEY: serviceKey };
      const local = wrongOf(() =>
        resolveSettings(serveSchema, { commandLine: { database: value }, environment, file: null }),
      );
      expect(Object.keys(local)).toEqual(['--db']);
    }
  });

  it.each([
    'csk_',
    `csk_${'a'.repeat(31)}`,
    'a'.repeat(40),
    `csk_${'a'.repeat(20)} ${'a'.repeat(20)}`,
    `csk_${'a'.repeat(16)},${'a'.repeat(16)}`,
  ])('do not take this for a service key: %s', (key) => {
    const environment = { COUNTERSIGN_SECRET: secret, COUNTERSIGN_SERVICE_KEY: key, DATABASE_URL: database };
    expect(
      wrongOf(() => resolveSettings(serveSchema, { commandLine: {}, environment, file: null })),
    ).toHaveProperty('COUNTERSIGN_SERVICE_KEY');
  });

  it.each([
    '*',
    'null',
    'bank.example',
    'https://bank.example/',
    'https://*.example',
    'ftp://bank.example',
    'https://BANK.example',
  ])('do not take this for an origin: %s', (origin) => {
    expect(
      wrongOf(() =>
        resolveSettings(devSchema, {
          commandLine: {},
          environment: { COUNTERSIGN_ORIGINS: origin },
          file: null,
        }),
      ),
    ).toHaveProperty('COUNTERSIGN_ORIGINS[0]');
  });
});

describe('countersign dev', () => {
  const dev = (commandLine: object, environment: Record<string, string> = {}) =>
    wrongOf(() =>
      resolveSettings(devSchema, {
        commandLine: commandLine as Record<string, unknown>,
        environment,
        file: null,
      }),
    );

  it('needs nothing', () => {
    expect(dev({})).toEqual({});
  });

  it('refuses to be production', () => {
    expect(dev({}, { NODE_ENV: 'production' })).toHaveProperty('NODE_ENV');
    expect(dev({}, { NODE_ENV: 'test' })).toEqual({});
  });

  it.each([
    '0.0.0.0',
    '192.168.1.2',
    '::',
    'bank.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.1',
  ])('refuses a host that others can reach: %s', (host) => {
    expect(dev({ host })).toHaveProperty('--host');
    expect(dev({}, { HOST: host })).toHaveProperty('HOST');
  });

  it.each(['http://x', 'mysql://localhost/bank', 'postgresql://'])(
    'takes no URL for a directory: %s',
    (url) => {
      const expected = 'a PostgreSQL URL, a directory, or "temporary"';
      expect(dev({ database: url })).toEqual({ '--db': expected });
      expect(dev({}, { DATABASE_URL: url })).toEqual({ DATABASE_URL: expected });
    },
  );

  it.each(['127.0.0.1', 'localhost', '::1'])('listens on this machine: %s', (host) => {
    expect(dev({ host })).toEqual({});
  });
});

it('migrate looks at the database and at nothing else', () => {
  const environment = { DATABASE_URL: database, PORT: 'nonsense' };
  expect(resolveSettings(migrateSchema, { commandLine: {}, environment, file: null })).toEqual({ database });
});

it('takes operations as defineOperation makes them', () => {
  const close = defineOperation({ slug: 'close', data: z.null(), title: 'Close' });
  const file = { name: 'countersign.config.ts', values: { operations: { close } } };
  expect(resolveSettings(devSchema, { commandLine: {}, environment: {}, file }).operations).toEqual({
    close,
  });
});
