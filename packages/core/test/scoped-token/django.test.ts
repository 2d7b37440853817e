import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readDjangoToken, writeDjangoToken } from '../../src/scoped-token/index.ts';

interface Case {
  readonly obj: { readonly user: number };
  readonly salt: string;
  readonly compress: boolean;
  readonly token: string;
}

const file = new URL('vectors/django-signing.json', import.meta.url);
const { secret, cases } = JSON.parse(readFileSync(file, 'utf8')) as { secret: string; cases: Case[] };
const [, plain] = cases as [Case, Case];
const issuedAt = 1_795_316_815;
const now = issuedAt + 5;
const salt = 'django.core.signing';
const refused = (reason: string) => ({ ok: false, reason });

/** Any payload, signed as Django signs; `payload` is what stands before the first colon. */
function signed(payload: string, { time = '1xUxup' } = {}): string {
  const key = createHash('sha256').update(`${salt}signer${secret}`).digest();
  const value = `${payload}:${time}`;
  return `${value}:${createHmac('sha256', key).update(value).digest('base64url')}`;
}
const encoded = (text: string) => Buffer.from(text).toString('base64url');
const deflated = (text: string) => `.${deflateSync(text).toString('base64url')}`;
const read = (token: string, options: object = {}) =>
  readDjangoToken(token, { secrets: [secret], now, ...options });

describe('a token that Django wrote', () => {
  it.each(cases)(
    'is read: user $obj.user, salt $salt, compressed $compress',
    ({ obj, salt: used, token }) => {
      expect(read(token, { salt: used })).toEqual({ ok: true, payload: obj, issuedAt });
    },
  );

  it.each(cases.filter(({ token }) => !token.startsWith('.')))(
    'is written to the same text: user $obj.user',
    ({ obj, salt: used, token }) => {
      expect(writeDjangoToken(obj, { secret, salt: used, now: issuedAt })).toBe(token);
    },
  );

  // Deflate has many outputs for one input, and Node's zlib is not Python's: what is written must inflate to the same.
  it.each(cases.filter(({ compress }) => compress))(
    'is written compressed, and read again: user $obj.user',
    ({ obj, salt: used }) => {
      const token = writeDjangoToken(obj, { secret, salt: used, compress: true, now: issuedAt });
      expect(token.startsWith('.')).toBe(true);
      expect(read(token, { salt: used })).toEqual({ ok: true, payload: obj, issuedAt });
    },
  );

  it('is refused after any change of any character, and cut off anywhere', () => {
    const accepted: string[] = [];
    for (const { token, salt: used } of [plain, cases[9]!])
      for (let index = 0; index < token.length; index += 1) {
        const changes = ['A', 'b', '0', '-', ':', '.', String.fromCharCode(token.charCodeAt(index) + 0x100)];
        const texts = changes.map((character) => token.slice(0, index) + character + token.slice(index + 1));
        texts.push(token.slice(0, index), token.slice(0, index) + token.slice(index + 1));
        accepted.push(...texts.filter((text) => text !== token && read(text, { salt: used }).ok));
      }
    expect(accepted).toEqual([]);
  });

  it('is refused under another salt, though the default one is like it', () => {
    expect(read(plain.token, { salt: 'django.core.signing.TimestampSigner' })).toEqual(
      refused('bad_signature'),
    );
    expect(read(cases[0]!.token)).toEqual(refused('bad_signature'));
  });
});

describe('the secret', () => {
  it('may be any of several, in any place', () => {
    for (const secrets of [
      [secret, 'b'],
      ['a', secret],
      ['a', 'b', secret],
    ])
      expect(read(plain.token, { secrets }).ok).toBe(true);
    expect(read(plain.token, { secrets: ['a', 'b'] })).toEqual(refused('bad_signature'));
    expect(read(plain.token, { secrets: [] })).toEqual(refused('bad_signature'));
  });

  it.each(['', undefined])('is never %j', (empty) => {
    expect(() => read(plain.token, { secrets: [secret, empty] })).toThrow(TypeError);
    expect(() => writeDjangoToken({}, { secret: empty as string })).toThrow(TypeError);
  });
});

describe('SHA-1', () => {
  // Written by Django 5.2.17: TimestampSigner(salt='django.core.signing', algorithm='sha1').sign_object({'user': 1})
  const token = 'eyJ1c2VyIjoxfQ:1xUxup:4v52Kmhu0bdjFLjS0dOI_eOyKoo';

  it('is taken only when it is switched on', () => {
    expect(read(token)).toEqual(refused('bad_signature'));
    expect(read(token, { allowSha1: false })).toEqual(refused('bad_signature'));
    expect(read(token, { allowSha1: true })).toEqual({ ok: true, payload: { user: 1 }, issuedAt });
  });

  it('makes no shorter signature pass when it is', () => {
    const cut = plain.token.slice(0, -16);
    expect(read(cut, { allowSha1: true })).toEqual(refused('bad_signature'));
    expect(read(token.slice(0, -1), { allowSha1: true })).toEqual(refused('bad_signature'));
  });
});

describe('the time', () => {
  it('is compared with the age allowed, to the second', () => {
    expect(read(plain.token, { maxAgeSeconds: 360, now: issuedAt + 360 }).ok).toBe(true);
    expect(read(plain.token, { maxAgeSeconds: 360, now: issuedAt + 361 })).toEqual(refused('expired'));
    expect(read(plain.token, { maxAgeSeconds: 0, now: issuedAt }).ok).toBe(true);
    expect(read(plain.token, { maxAgeSeconds: Number.NaN })).toEqual(refused('expired'));
  });

  it('lies at most 60 seconds ahead', () => {
    expect(read(plain.token, { now: issuedAt - 60 }).ok).toBe(true);
    expect(read(plain.token, { now: issuedAt - 61 })).toEqual(refused('not_yet_valid'));
    expect(read(plain.token, { now: Number.NaN })).toEqual(refused('not_yet_valid'));
  });

  it('is the clock’s, where none is given', () => {
    const token = writeDjangoToken({ user: 1 }, { secret });
    expect(readDjangoToken(token, { secrets: [secret], maxAgeSeconds: 60 })).toMatchObject({ ok: true });
  });

  it.each(['-1', '01xUxup', '1xU_up', 'zzzzzzzzzzzz'])('is never “%s”, even signed', (time) => {
    expect(read(signed(encoded('{}'), { time }))).toEqual(refused('malformed'));
  });

  it.each([-1, 1.5, Number.NaN])('is never written as %s', (time) => {
    expect(() => writeDjangoToken({}, { secret, now: time })).toThrow(TypeError);
  });
});

describe('a payload that is signed', () => {
  it.each([
    ['no base64url', 'e30='],
    ['stray bits', 'e31'],
    ['no JSON', encoded('{')],
    ['what only Python calls JSON', encoded('{"a":NaN}')],
    ['beyond ASCII', encoded('"é"')],
    ['no zlib', `.${encoded('{}')}`],
    ['cut off zlib', deflated('{"a":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}').slice(0, -8)],
  ])('is refused for what it holds: %s', (_, payload) => {
    expect(read(signed(payload))).toEqual(refused('bad_payload'));
  });

  it('inflates to 64 KiB and not to a byte more', () => {
    const json = (bytes: number) => `"${'a'.repeat(bytes - 2)}"`;
    expect(read(signed(deflated(json(65_536))))).toMatchObject({ ok: true });
    expect(read(signed(deflated(json(65_537))))).toEqual(refused('bad_payload'));
  });

  it('that would inflate to ten megabytes is given up early', () => {
    const bomb = signed(deflated(`"${'a'.repeat(10_000_000)}"`));
    expect(bomb.length).toBeLessThan(16_384);
    const before = process.memoryUsage().arrayBuffers;
    expect(read(bomb)).toEqual(refused('bad_payload'));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2_000_000);
  });

  it('is not looked at while it is not signed', () => {
    expect(read(`${deflated('{')}:1xUxup:${'A'.repeat(43)}`)).toEqual(refused('bad_signature'));
  });
});

describe('a text that is no token', () => {
  it.each([
    '',
    ':',
    '::',
    ':::',
    'a:b',
    'a:b:',
    ':b:c',
    'a::c',
    'a:b:c:d',
    `${'a'.repeat(16_384)}:b:c`,
    'é:b:c',
  ])('is malformed: “%s”', (text) => {
    expect(read(text)).toEqual(refused('malformed'));
  });

  it.each([undefined, null, 7, {}, ['a:b:c']])('is malformed: %j', (value) => {
    expect(read(value as string)).toEqual(refused('malformed'));
  });
});

describe('writing', () => {
  it('escapes as Python does, and reads it back', () => {
    const payload = { user: 1, recipient: 'é\u007f€😀"\\\n\u2028\0' };
    const token = writeDjangoToken(payload, { secret, now: issuedAt });
    const json = Buffer.from(token.split(':')[0]!, 'base64url').toString('latin1');
    expect(json).toBe(String.raw`{"user":1,"recipient":"\u00e9\u007f\u20ac\ud83d\ude00\"\\\n\u2028\u0000"}`);
    expect(read(token)).toEqual({ ok: true, payload, issuedAt });
  });

  it('compresses only what gets shorter', () => {
    expect(writeDjangoToken({ user: 1 }, { secret, compress: true, now: issuedAt })).not.toMatch(/^\./);
  });

  it.each([undefined, () => 1])('takes no payload that is no JSON', (payload) => {
    expect(() => writeDjangoToken(payload, { secret, now: issuedAt })).toThrow(TypeError);
  });
});
