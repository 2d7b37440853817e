import { createSecretKey, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  attenuateScopedToken,
  deriveTokenKey,
  inspectScopedToken,
  mintScopedToken,
  restrictionsOf,
  tokenRefusals,
  verifyScopedToken,
} from '../../src/scoped-token/index.ts';
import { audience, claims, handMade, iat, key, kid, mended, now, refused, verify } from './hand-made.ts';

const root = new Uint8Array(32).fill(7);
const token = mintScopedToken({ key, kid, claims });

describe('a token is judged in this order', () => {
  const wrong = { ...claims, aud: 'elsewhere', exp: iat + 90_000, admin: true };
  const strange = deriveTokenKey({ root: new Uint8Array(32), kid, audience });
  const damaged = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;
  const { admin: _, ...elsewhere } = wrong;
  const long = { ...elsewhere, aud: audience };
  const cases = {
    malformed: `cst2${damaged.slice(4)}`,
    unknown_key: damaged.replace(kid, 'other'),
    bad_checksum: damaged,
    bad_signature: handMade({ key: strange, authority: JSON.stringify(wrong) }),
    bad_claims: handMade({ authority: JSON.stringify(wrong) }),
    wrong_audience: handMade({ authority: JSON.stringify(elsewhere) }),
    lifetime_too_long: handMade({ authority: JSON.stringify(long) }),
    expired: handMade({ authority: JSON.stringify({ ...claims, nbf: iat + 100_000 }) }),
    not_yet_valid: handMade({ authority: JSON.stringify({ ...claims, nbf: iat + 100_000 }) }),
  };

  it.each(tokenRefusals.map((reason) => [reason, cases[reason]] as const))('%s', (reason, text) => {
    expect(verify(text, { now: reason === 'not_yet_valid' ? iat + 3599 : iat + 200_000 })).toEqual(
      refused(reason),
    );
  });

  it('and refused without an exception, whatever the text is', () => {
    for (const reason of tokenRefusals) expect(() => verify(cases[reason])).not.toThrow();
  });
});

describe('the key', () => {
  it('is one for each root, key id and audience', () => {
    const derived = [
      { root, kid: 'a', audience: 'b' },
      { root, kid: 'a', audience: 'c' },
      { root, kid: 'b', audience: 'b' },
      { root: new Uint8Array(32).fill(8), kid: 'a', audience: 'b' },
    ].map((options) => deriveTokenKey(options).export().toString('hex'));
    expect(new Set(derived).size).toBe(derived.length);
  });

  it('of one service forges for no other', () => {
    const forOther = deriveTokenKey({ root, kid, audience: 'shop.example' });
    const forged = mintScopedToken({ key: forOther, kid, claims });
    expect(verify(forged)).toEqual(refused('bad_signature'));
    const honest = mintScopedToken({ key: forOther, kid, claims: { ...claims, aud: 'shop.example' } });
    expect(verify(honest)).toEqual(refused('bad_signature'));
    expect(verify(mintScopedToken({ key, kid, claims: { ...claims, aud: 'shop.example' } }))).toEqual(
      refused('wrong_audience'),
    );
  });

  it.each([
    ['a short root', { root: new Uint8Array(31), kid, audience }],
    ['a long root', { root: new Uint8Array(33), kid, audience }],
    ['a root that is text', { root: 'x'.repeat(32) as never, kid, audience }],
    ['a separator in the kid', { root, kid: 'a|b', audience }],
    ['an empty kid', { root, kid: '', audience }],
    ['no kid', { root, kid: undefined as never, audience }],
    ['an empty audience', { root, kid, audience: '' }],
    ['no audience', { root, kid, audience: undefined as never }],
  ])('is not derived from %s', (_, options) => {
    expect(() => deriveTokenKey(options)).toThrow(TypeError);
  });

  it('that an object has by accident is none', () => {
    const table: Record<string, KeyObject> = { [kid]: key };
    const lookUp = (id: string) => table[id];
    const accidental = mended(token.replace(kid, 'constructor'));
    expect(verifyScopedToken(accidental, { keys: lookUp, audience, now })).toEqual(refused('unknown_key'));
    expect(verifyScopedToken(token, { keys: () => Buffer.alloc(32) as never, audience, now })).toEqual(
      refused('unknown_key'),
    );
  });

  it('of another kind of the same bytes verifies alike', () => {
    expect(verifyScopedToken(token, { keys: () => createSecretKey(key.export()), audience, now }).ok).toBe(
      true,
    );
  });
});

describe('what blocks restrict', () => {
  const narrowed = [
    { exp: iat + 600, car: 'hq', rcp: 'first', cid: 'a' },
    { exp: iat + 900, nbf: iat + 200, cnf: { jkt: 'k' }, cid: 'b' },
    { nbf: iat + 100, car: 'qw', arq: { id: 'areq_1', hash: 'h' }, cnf: { jkt: 'k' } },
  ];
  const text = narrowed.reduce(attenuateScopedToken, token);

  it('is the earliest end and the latest beginning', () => {
    expect(verify(text, { now: iat + 139 })).toEqual(refused('not_yet_valid'));
    expect(verify(text, { now: iat + 140 }).ok).toBe(true);
    expect(verify(text, { now: iat + 599 }).ok).toBe(true);
    expect(verify(text, { now: iat + 600 })).toEqual(refused('expired'));
  });

  it('never lengthens', () => {
    const longer = attenuateScopedToken(token, { exp: iat + 80_000, nbf: 0 });
    expect(verify(longer, { now: claims.exp })).toEqual(refused('expired'));
    expect(verify(longer, { now: iat - 61 })).toEqual(refused('not_yet_valid'));
  });

  it('is every key, every request and every name, and the carriers that all allow', () => {
    const verdict = verify(text, { now: iat + 300 });
    expect(verdict.ok && restrictionsOf(verdict)).toEqual({
      startsAt: iat + 200,
      endsAt: iat + 600,
      carriers: '',
      clientKeys: ['k'],
      requests: [{ id: 'areq_1', hash: 'h' }],
      delegates: ['a', 'b'],
      recipients: ['first'],
    });
  });

  it('leaves header and WebSocket where nothing is said, and never adds the query', () => {
    expect(restrictionsOf({ claims, blocks: [] }).carriers).toBe('hw');
    expect(restrictionsOf({ claims, blocks: [{ car: 'hwq' }] }).carriers).toBe('hw');
    expect(restrictionsOf({ claims: { ...claims, car: 'q' }, blocks: [] }).carriers).toBe('q');
  });
});

describe('inspecting', () => {
  it('shows what a token says, and that nobody verified it', () => {
    const forged = handMade({
      key: deriveTokenKey({ root: new Uint8Array(32), kid, audience }),
      blocks: ['{"cid":"c"}'],
    });
    expect(inspectScopedToken(forged)).toMatchObject({
      ok: true,
      verified: false,
      kid,
      claims,
      blocks: [{ cid: 'c' }],
      restrictions: { delegates: ['c'] },
    });
  });

  it('refuses what cannot be read', () => {
    expect(inspectScopedToken('cst1')).toEqual(refused('malformed'));
    expect(inspectScopedToken(`${token.slice(0, -6)}000000`)).toEqual(refused('bad_checksum'));
    expect(inspectScopedToken(handMade({ authority: '{}' }))).toEqual(refused('bad_claims'));
  });
});

it('fits the expression that scanners for leaked secrets use', () => {
  const scanner =
    /\bcst1\.[a-z0-9]{1,16}\.[A-Za-z0-9_-]{32,3072}(?:~[A-Za-z0-9_-]{2,1024}){0,8}\.[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}\b/;
  for (const text of [
    token,
    attenuateScopedToken(token, {}),
    attenuateScopedToken(token, { cid: 'c', exp: now }),
  ])
    expect(scanner.exec(`"authorization: Bearer ${text}"`)?.[0]).toBe(text);
});
