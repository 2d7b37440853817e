import { describe, expect, it } from 'vitest';
import {
  allowsHttp,
  allowsProcedure,
  attenuateScopedToken,
  createVerifiedTokenCache,
  mintScopedToken,
  restrictionsOf,
  verifyScopedToken,
  type Block,
  type EffectiveScope,
  type Scope,
} from '../../src/scoped-token/index.ts';
import { createRandom, type Random } from '../../testing/random.ts';
import { audience, claims, iat, key, keys, kid, verify } from './hand-made.ts';

const segments = ['a', 'b', 'ab', 'invoice'];
const types = ['query', 'mutation', 'subscription'] as const;
const letters = ['q', 'm', 's'] as const;
const methods = ['GET', 'HEAD', 'POST'] as const;

const somePath = (random: Random) =>
  Array.from({ length: 1 + random.integer(4) }, () => random.pick(segments));

function someGrant(random: Random, separator: '.' | '/'): string {
  const path = somePath(random).map((segment) => (random.integer(4) === 0 ? '*' : segment));
  const tail = random.integer(3) === 0 ? ['**'] : [];
  const slash = separator === '/' && tail.length === 0 && random.integer(4) === 0 ? '/' : '';
  return (separator === '/' ? '/' : '') + [...path, ...tail].join(separator) + slash;
}

function someScope(random: Random): Scope {
  const lists = <Kind extends string>(kinds: readonly Kind[], separator: '.' | '/') =>
    Object.fromEntries(
      kinds
        .filter(() => random.integer(4) > 0)
        .map((kind) => [kind, Array.from({ length: random.integer(5) }, () => someGrant(random, separator))]),
    );
  return {
    ...(random.integer(5) > 0 && { rpc: lists(letters, '.') }),
    ...(random.integer(5) > 0 && { http: lists(methods, '/') }),
  };
}

function someBlock(random: Random): Block {
  return {
    ...(random.integer(3) > 0 && { scp: someScope(random) }),
    ...(random.integer(3) === 0 && { exp: iat + random.integer(4000) }),
    ...(random.integer(3) === 0 && { nbf: iat + random.integer(200) }),
    ...(random.integer(3) === 0 && { car: random.pick(['h', 'w', 'q', 'hw', 'qh', 'hwq']) }),
  };
}

const cache = createVerifiedTokenCache({ entriesMax: 10 });

/** A use of a token at some time, by some carrier; whether a token may be used so. */
function someUse(random: Random): (token: string) => boolean {
  const path = somePath(random);
  const carrier = random.pick(['h', 'w', 'q']);
  const now = iat + random.integer(1200) - 100;
  const [type, method] = [random.pick(types), random.pick(methods)];
  const slash = random.integer(4) === 0 ? '/' : '';
  const isProcedure = random.integer(2) === 0;
  return (token) => {
    const verdict = verifyScopedToken(token, { keys, audience, now, cache });
    if (!verdict.ok || !restrictionsOf(verdict).carriers.includes(carrier)) return false;
    return isProcedure
      ? allowsProcedure(verdict.scope, type, path.join('.'))
      : allowsHttp(verdict.scope, method, `/${path.join('/')}${slash}`);
  };
}

const checksWanted = 200_000;

it('what a narrowed token may do, each token before it may do, in 200,000 uses', { timeout: 120_000 }, () => {
  const seed = Date.now() % 2 ** 32;
  console.log(`narrowing: seed ${seed}`);
  const random = createRandom(seed);
  const widened: string[] = [];
  let [checks, allowed] = [0, 0];
  while (checks < checksWanted) {
    const scp = {
      rpc: { q: ['**'], m: ['a.**', 'b.*'], s: [someGrant(random, '.')] },
      http: { GET: ['/**'], POST: ['/a/**', '/ab'] },
    };
    const generous = {
      ...claims,
      scp: random.integer(2) === 0 ? scp : someScope(random),
      car: random.pick(['hw', 'hwq']),
    };
    const line = [mintScopedToken({ key, kid, claims: generous, allowRoot: true })];
    for (let depth = random.integer(3); depth >= 0; depth -= 1)
      line.push(attenuateScopedToken(line.at(-1)!, someBlock(random)));
    const [last, ...before] = line.toReversed() as [string, ...string[]];
    for (let uses = 0; uses < 200; uses += 1) {
      const mayUse = someUse(random);
      checks += before.length;
      if (!mayUse(last)) continue;
      allowed += before.length;
      widened.push(...before.filter((token) => !mayUse(token)));
    }
  }
  expect(widened, `seed ${seed}`).toEqual([]);
  expect(allowed, 'so that it says something').toBeGreaterThan(checks / 100);
});

describe('a block', () => {
  const wide: Scope = { rpc: { q: ['a.*'], m: ['a.*'], s: ['a.*'] }, http: { GET: ['/a/**'], HEAD: ['/a'] } };
  const narrowed = (...blocks: Block[]) => {
    const token = blocks.reduce(
      attenuateScopedToken,
      mintScopedToken({ key, kid, claims: { ...claims, scp: wide } }),
    );
    const verdict = verify(token);
    if (!verdict.ok) throw new Error(verdict.reason);
    return verdict.scope;
  };
  const opened = (scope: EffectiveScope) => [
    ...types.filter((type) => allowsProcedure(scope, type, 'a.x')),
    ...methods.filter((method) => allowsHttp(scope, method, '/a')),
  ];

  it('without scp leaves the scope alone', () => {
    expect(opened(narrowed({ cid: 'c' }))).toEqual(['query', 'mutation', 'subscription', 'GET', 'HEAD']);
  });

  it('with scp closes every surface and type that it does not list', () => {
    expect(opened(narrowed({ scp: { rpc: { q: ['a.*'] } } }))).toEqual(['query']);
    expect(opened(narrowed({ scp: { http: { HEAD: ['/a'] } } }))).toEqual(['HEAD']);
    expect(opened(narrowed({ scp: { rpc: {}, http: { GET: ['/**'] } } }))).toEqual(['GET']);
  });

  it('with an empty scp closes everything, and no later block opens it again', () => {
    expect(opened(narrowed({ scp: {} }))).toEqual([]);
    expect(opened(narrowed({ scp: {} }, { scp: wide }))).toEqual([]);
  });

  it('that lists more than the token has opens nothing more', () => {
    expect(opened(narrowed({ scp: { rpc: { q: ['**'] }, http: { POST: ['/**'] } } }))).toEqual(['query']);
    expect(allowsProcedure(narrowed({ scp: { rpc: { q: ['**'] } } }), 'query', 'b.x')).toBe(false);
  });

  it('leaves what it and the token both list, also where patterns cross', () => {
    const scope = narrowed({ scp: { rpc: { q: ['*.x'] } } });
    expect(allowsProcedure(scope, 'query', 'a.x')).toBe(true);
    expect(allowsProcedure(scope, 'query', 'a.y')).toBe(false);
    expect(allowsProcedure(scope, 'query', 'b.x')).toBe(false);
  });
});

it('no scope at all opens nothing', () => {
  expect(allowsProcedure([], 'query', 'a')).toBe(false);
  expect(allowsHttp([], 'GET', '/a')).toBe(false);
});
