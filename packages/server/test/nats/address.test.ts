import { describe, expect, it } from 'vitest';
import { isNatsUrl, natsAddress } from '../../src/nats/address.ts';
import { natsSettings } from '../../src/nats/settings.ts';
import { natsBus, SettingsError, type EventBus } from '../../src/index.ts';
import { parseOptions } from '../../src/options.ts';
import { resolveSettings } from '../../src/settings/resolve.ts';
import { serveSchema } from '../../src/settings/schema.ts';

describe('the address of NATS', () => {
  it.each([
    ['nats://nats.internal:4222', { hosts: ['nats.internal:4222'], isEncrypted: false }],
    ['nats://nats.internal', { hosts: ['nats.internal'], isEncrypted: false }],
    ['tls://10.0.0.1:4222/', { hosts: ['10.0.0.1:4222'], isEncrypted: true }],
    ['nats://[::1]:4222', { hosts: ['[::1]:4222'], isEncrypted: false }],
    ['nats://ada:pw@n', { hosts: ['n'], isEncrypted: false, user: 'ada', pass: 'pw' }],
    ['nats://a%40b:p%2Fw%3A@n:1', { hosts: ['n:1'], isEncrypted: false, user: 'a@b', pass: 'p/w:' }],
    ['nats://s3cret@n', { hosts: ['n'], isEncrypted: false, token: 's3cret' }],
    ['nats://a, tls://b:2 ,nats://c', { hosts: ['a', 'b:2', 'c'], isEncrypted: true }],
    ['nats://u:p@a,nats://b', { hosts: ['a', 'b'], isEncrypted: false, user: 'u', pass: 'p' }],
  ])('is read from %s', (servers, address) => {
    expect(natsAddress({ servers })).toEqual(address);
    expect(natsAddress({ servers: servers.split(',') })).toEqual(address);
    expect(isNatsUrl(servers)).toBe(true);
  });

  it.each([
    '',
    ',',
    'nats.internal:4222',
    'localhost',
    'http://s3cret@nats:4222',
    'ws://s3cret@nats:4222',
    'nats://',
    'nats://s3cret@nats:4222/stream',
    'nats://nats?token=s3cret',
    'nats://nats#s3cret',
    'nats://%E0%A4%A@s3cret',
    'nats://a:s3cret@one,nats://b:s3cret@two',
    'nats://a,',
  ])('is none in %s, and what is refused is not repeated', (servers) => {
    expect(isNatsUrl(servers)).toBe(false);
    expect(() => natsBus({ servers })).toThrow(TypeError);
    expect(() => natsBus({ servers })).not.toThrow(/s3cret/);
  });

  it('takes a user, a password and a token beside the URL, which count more', () => {
    expect(natsAddress({ servers: 'nats://a:b@n', user: 'ada', pass: 'pw' })).toMatchObject({
      user: 'ada',
      pass: 'pw',
    });
    expect(natsAddress({ servers: 'nats://n', token: 't' })).toMatchObject({ token: 't' });
  });
});

describe('what a bus keeps in NATS', () => {
  it('has defaults, and names of its own', () => {
    expect(natsSettings({ servers: 'nats://n' })).toMatchObject({
      stream: 'countersign',
      subject: 'countersign.log',
      replicas: 1,
      ageSecondsMax: 3600,
      bytesMax: 268_435_456,
      tls: undefined,
    });
    expect(natsSettings({ servers: 'tls://n' }).tls).toEqual({});
    expect(natsSettings({ servers: 'nats://n', subjectPrefix: 'bank.prod' }).subject).toBe('bank.prod.log');
  });

  it.each([
    ['stream', { stream: 'a.b' }],
    ['stream', { stream: '' }],
    ['subjectPrefix', { subjectPrefix: 'a.>' }],
    ['subjectPrefix', { subjectPrefix: '' }],
    ['replicas', { replicas: 0 }],
    ['ageSecondsMax', { ageSecondsMax: 0.5 }],
    ['bytesMax', { bytesMax: -1 }],
  ])('is refused by the name of the option %s', (name, option) => {
    expect(() => natsBus({ servers: 'nats://n', ...option })).toThrow(name);
  });
});

describe('the settings', () => {
  const environment = {
    DATABASE_URL: 'postgresql://localhost/db',
    COUNTERSIGN_SECRET: Buffer.alloc(32, 7).toString('base64'),
    COUNTERSIGN_SERVICE_KEY: `csk_${'k'.repeat(48)}`,
  };
  const resolve = (more: Record<string, string>) =>
    resolveSettings(serveSchema, {
      commandLine: {},
      environment: { ...environment, ...more },
      file: null,
    });

  it('name a NATS by COUNTERSIGN_NATS_URL', () => {
    expect(resolve({}).natsUrl).toBeUndefined();
    const url = 'tls://ada:pw@nats.internal:4222';
    expect(resolve({ COUNTERSIGN_NATS_URL: url }).natsUrl).toBe(url);
  });

  it('say that it is wrong, with whatever else is, and without its text', () => {
    const wrong = { COUNTERSIGN_NATS_URL: 'http://ada:s3cret@nats', PORT: 'many' };
    const failure = (() => {
      try {
        return resolve(wrong);
      } catch (error) {
        return error as SettingsError;
      }
    })();
    expect(failure).toBeInstanceOf(SettingsError);
    expect((failure as SettingsError).wrong.map(({ setting }) => setting).toSorted()).toEqual([
      'COUNTERSIGN_NATS_URL',
      'PORT',
    ]);
    expect((failure as SettingsError).message).not.toContain('s3cret');
  });

  it('take a bus of the host’s as it is, and nothing that is none', () => {
    const options = {
      issuer: 'Acme',
      audience: 'acme.example',
      secret: environment.COUNTERSIGN_SECRET,
      database: environment.DATABASE_URL,
      methods: [],
    };
    const bus = natsBus({ servers: 'nats://n' });
    expect(parseOptions({ ...options, bus }).bus).toBe(bus);
    for (const none of ['nats://n', {}, { publish() {} }])
      expect(() => parseOptions({ ...options, bus: none as unknown as EventBus })).toThrow('natsBus');
  });
});
