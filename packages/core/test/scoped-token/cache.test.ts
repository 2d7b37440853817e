import { describe, expect, it } from 'vitest';
import {
  createVerifiedTokenCache,
  deriveTokenKey,
  mintScopedToken,
  verifyScopedToken,
} from '../../src/scoped-token/index.ts';
import { audience, claims, handMade, iat, key, kid, mended, now, refused } from './hand-made.ts';

const token = mintScopedToken({ key, kid, claims });
const numbered = (index: number) =>
  mintScopedToken({ key, kid, claims: { ...claims, sub: `subject-${index}` } });

function remembering(entriesMax = 100) {
  const cache = createVerifiedTokenCache({ entriesMax });
  const known = new Map([[kid, key]]);
  const ask = (text: string, options: { now?: number; audience?: string } = {}) =>
    verifyScopedToken(text, { keys: (id) => known.get(id), audience, now, cache, ...options });
  return { cache, known, ask };
}

describe('a remembered token', () => {
  it('is answered as before', () => {
    const { ask, cache } = remembering();
    const first = ask(token);
    expect(first).toMatchObject({ ok: true, claims });
    expect(ask(token)).toEqual(first);
    expect(cache.size).toBe(1);
  });

  it('expires all the same', () => {
    const { ask } = remembering();
    expect(ask(token).ok).toBe(true);
    expect(ask(token, { now: claims.exp })).toEqual(refused('expired'));
    expect(ask(token, { now: iat - 61 })).toEqual(refused('not_yet_valid'));
  });

  it('is refused at once when its key is gone or is another', () => {
    const { ask, known } = remembering();
    expect(ask(token).ok).toBe(true);
    known.set(kid, deriveTokenKey({ root: new Uint8Array(32), kid, audience }));
    expect(ask(token)).toEqual(refused('bad_signature'));
    known.delete(kid);
    expect(ask(token)).toEqual(refused('unknown_key'));
  });

  it('is no token of another service', () => {
    const { ask } = remembering();
    expect(ask(token).ok).toBe(true);
    expect(ask(token, { audience: 'shop.example' })).toEqual(refused('wrong_audience'));
  });

  it('lends its place to no text with the same end', () => {
    const { ask } = remembering();
    expect(ask(token).ok).toBe(true);
    const sameEnd = `${token.slice(0, 20)}${token[20] === 'A' ? 'B' : 'A'}${token.slice(21)}`;
    expect(sameEnd.slice(-49)).toBe(token.slice(-49));
    expect(ask(sameEnd)).toEqual(refused('bad_checksum'));
    expect(ask(mended(sameEnd))).toEqual(refused('bad_signature'));
    expect(ask(`x${token}`)).toEqual(refused('malformed'));
    expect(ask(String.fromCharCode(0x163) + token.slice(1))).toEqual(refused('malformed'));
  });

  it('cannot be changed by who asked', () => {
    const { ask } = remembering();
    ask(token);
    const verdict = ask(token);
    if (!verdict.ok) throw new Error('our own token was refused');
    expect(() => Object.assign(verdict.claims, { sub: 'alan' })).toThrow(TypeError);
    expect(() => (verdict.claims.scp.rpc!.q as string[]).push('**')).toThrow(TypeError);
    expect(ask(token)).toMatchObject({ claims });
  });
});

describe('the memory', () => {
  it('holds no refusal', () => {
    const { ask, cache } = remembering();
    for (const text of [handMade({ authority: '{}' }), `${token}A`, mended(`x${token}`)])
      expect(ask(text).ok).toBe(false);
    expect(ask(token, { now: claims.exp }).ok).toBe(false);
    expect(ask(token, { audience: 'shop.example' }).ok).toBe(false);
    expect(cache.size).toBe(0);
  });

  it('is bounded, and forgets what was used least recently', () => {
    const { ask, cache } = remembering(3);
    const [a, b, c, d] = [0, 1, 2, 3].map(numbered) as [string, string, string, string];
    for (const text of [a, b, c, a, d]) ask(text);
    expect(cache.size).toBe(3);
    const trust = { keys: () => key, audience };
    expect([a, b, c, d].map((text) => cache.find(text, trust) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('cannot have %s places', (entriesMax) => {
    expect(() => createVerifiedTokenCache({ entriesMax })).toThrow(TypeError);
  });
});
