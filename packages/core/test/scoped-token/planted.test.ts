import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, describe, expect, it } from 'vitest';
import {
  allowsHttp,
  deriveTokenKey,
  mintScopedToken,
  readDjangoToken,
  writeDjangoToken,
} from '../../src/scoped-token/index.ts';
import { sameText } from '../../src/scoped-token/cst1/same-text.ts';
import { beginningAlike } from '../planted/beginning-alike.ts';
import { comparedUntilDifferent } from '../planted/compared-until-different.ts';
import { joinedKey } from '../planted/joined-key.ts';
import { claims, key, kid, mended, refused, verify } from './hand-made.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

describe('a secret compared until it differs (bug 33)', () => {
  const original = crypto.timingSafeEqual;
  afterEach(() => {
    crypto.timingSafeEqual = original;
    syncBuiltinESMExports();
  });

  /** How many bytes each comparison in constant time was over, while `work` is done. */
  function comparedBytes(work: () => void): number[] {
    const lengths: number[] = [];
    crypto.timingSafeEqual = (a, b) => {
      lengths.push(a.byteLength);
      return original(a, b);
    };
    syncBuiltinESMExports();
    work();
    return lengths;
  }

  it('is found out, character by character, in the naive version', () => {
    const secret = mintScopedToken({ key, kid, claims }).slice(-49, -6);
    let known = '';
    let guesses = 0;
    while (known.length < secret.length) {
      const next = alphabet.split('').find((character) => {
        guesses += 1;
        const { equal, steps } = comparedUntilDifferent(
          (known + character).padEnd(secret.length, '.'),
          secret,
        );
        return equal || steps > known.length + 1;
      });
      if (next === undefined) throw new Error('the naive version gave nothing away');
      known += next;
    }
    expect(known).toBe(secret);
    expect(guesses).toBeLessThanOrEqual(43 * 64);
  });

  it('is compared as a whole, wherever the difference is', () => {
    const token = mintScopedToken({ key, kid, claims });
    const body = token.slice(0, -49);
    const tag = token.slice(-49, -6);
    const wrong = Array.from(
      tag,
      (character, index) => tag.slice(0, index) + (character === 'A' ? 'B' : 'A') + tag.slice(index + 1),
    );
    const lengths = comparedBytes(() => {
      for (const text of wrong)
        expect(verify(mended(`${body}${text}000000`))).toEqual(refused('bad_signature'));
    });
    expect(lengths).toEqual(wrong.map(() => 43));
  });

  it('is equal to no text that only becomes it when it is written as latin-1', () => {
    for (const other of ['\u0173ecret', 'secret\u0100', 'secre\u0174', 'secre', '']) {
      expect(sameText('secret', 'secret')).toBe(true);
      expect(sameText(other, 'secret'), other).toBe(false);
    }
  });

  it('is compared as a whole for Django tokens, under every secret', () => {
    const token = writeDjangoToken({ user: 1 }, { secret: 'a', now: 1_760_000_000 });
    const body = token.slice(0, -43);
    const lengths = comparedBytes(() => {
      for (const end of ['A'.repeat(43), `${token.slice(-43, -1)}${token.endsWith('A') ? 'B' : 'A'}`])
        expect(readDjangoToken(body + end, { secrets: ['a', 'b'], now: 1_760_000_000 })).toEqual(
          refused('bad_signature'),
        );
    });
    expect(lengths).toEqual([43, 43, 43, 43]);
  });
});

describe('names joined by a separator (bug 42)', () => {
  const root = new Uint8Array(32).fill(7);
  const names = ['a', 'a|b', 'b', 'b|c', 'c', 'a|b|c'];

  it('give one key to two pairs of names in the naive version', () => {
    expect(joinedKey(root, 'a', 'b|c')).toBe(joinedKey(root, 'a|b', 'c'));
  });

  it('never do in ours: of two pairs with one text, at most one is taken', () => {
    const derived = names.flatMap((id) =>
      names.flatMap((audience) => {
        try {
          return [deriveTokenKey({ root, kid: id, audience }).export().toString('hex')];
        } catch {
          return [];
        }
      }),
    );
    expect(derived.length).toBe(3 * names.length);
    expect(new Set(derived).size).toBe(derived.length);
  });
});

describe('a path that begins alike (bug 43)', () => {
  const scope = { http: { GET: ['/foo', '/api/v1/foo/**'] } };
  const attacks = [
    '/foobar',
    '/foobar/baz',
    '/foo/../admin',
    '/foo.json',
    '/api/v1/foobar',
    '/api/v1/foo/../../admin',
    '/api/v1/foo%2f..%2fadmin',
    '/api/v1/foo/..;/admin',
    '/api/v1/foo-admin',
  ];

  it.each(attacks)('%s is open in the naive version, and closed in ours', (path) => {
    expect(beginningAlike(scope, 'GET', path)).toBe(true);
    expect(allowsHttp(scope, 'GET', path)).toBe(false);
  });
});
