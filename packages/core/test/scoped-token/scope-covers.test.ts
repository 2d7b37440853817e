import { describe, expect, it } from 'vitest';
import {
  allowsHttp,
  allowsProcedure,
  type EffectiveScope,
  type Scope,
} from '../../src/scoped-token/index.ts';
import { coversHttp, coversProcedure, coversScope } from '../../src/scoped-token/scope/covers.ts';
import { isHttpGrant, opensHttp } from '../../src/scoped-token/scope/http-grant.ts';
import { isProcedureGrant, opensProcedure } from '../../src/scoped-token/scope/procedure-grant.ts';
import { createRandom } from '../../testing/random.ts';

/** Every list of up to `longest` of these. */
function listsOf(items: readonly string[], longest: number): string[][] {
  if (longest === 0) return [[]];
  const shorter = listsOf(items, longest - 1);
  return [[], ...items.flatMap((item) => shorter.map((rest) => [item, ...rest]))];
}

// A name that no grant has stands for all names that a grant leaves open.
const names = ['a', 'b'];
const procedures = listsOf([...names, 'other'], 4)
  .map((segments) => segments.join('.'))
  .filter((path) => path !== '');
const paths = listsOf([...names, 'other', '*'], 4).flatMap((segments) => [
  `/${segments.join('/')}`,
  ...(segments.length > 0 ? [`/${segments.join('/')}/`] : []),
]);
const grantsBetween = (separator: string) =>
  listsOf([...names, '*', '**'], 3).map((segments) => segments.join(separator));
const procedureGrants = grantsBetween('.').filter(isProcedureGrant);
const httpGrants = grantsBetween('/')
  .flatMap((path) => [`/${path}`, `/${path}/`])
  .filter(isHttpGrant);

describe.each([
  ['procedures', [...new Set(procedureGrants)], procedures, opensProcedure, coversProcedure],
  ['HTTP paths', [...new Set(httpGrants)], [...new Set(paths)], opensHttp, coversHttp],
] as const)('a grant of %s', (_, grants, requests, opens, covers) => {
  const opened = new Map(
    grants.map((grant) => [grant, new Set(requests.filter((request) => opens(grant, request)))]),
  );
  const pairs = grants.flatMap((granted) => grants.map((wanted) => [granted, wanted] as const));
  const isWider = ([granted, wanted]: readonly [string, string]) =>
    [...opened.get(wanted)!].every((request) => opened.get(granted)!.has(request));

  it('covers another one only if it opens everything that one opens: every pair of small grants', () => {
    const wrong = pairs.filter((pair) => covers(...pair) && !isWider(pair));
    expect(wrong).toEqual([]);
  });

  it('covers every one that it is wider than', () => {
    const missed = pairs.filter((pair) => isWider(pair) && !covers(...pair));
    expect(missed).toEqual([]);
    expect(pairs.filter(isWider).length, 'so that it says something').toBeGreaterThan(grants.length * 2);
  });
});

describe('a scope', () => {
  const types = { q: 'query', m: 'mutation', s: 'subscription' } as const;

  it('that covers another one allows every call that one allows, in 20,000 pairs of several layers', () => {
    const seed = Date.now() % 2 ** 32;
    const random = createRandom(seed);
    const someScope = (): Scope => ({
      rpc: {
        q: Array.from({ length: random.integer(4) }, () => random.pick(procedureGrants)),
        m: Array.from({ length: random.integer(4) }, () => random.pick(procedureGrants)),
      },
      http: { GET: Array.from({ length: random.integer(4) }, () => random.pick(httpGrants)) },
    });
    const oneOf = (scope: Scope): Scope => {
      const { q = [], m = [] } = scope.rpc ?? {};
      return { rpc: { q: q.slice(0, 1), m: m.slice(0, 1) } };
    };
    let covered = 0;
    const widened: unknown[] = [];
    for (let turn = 0; turn < 20_000; turn += 1) {
      const scope = [someScope(), someScope()].slice(random.integer(2));
      const wanted = random.integer(2) === 0 ? someScope() : oneOf(random.pick(scope));
      if (!coversScope(scope, wanted)) continue;
      covered += 1;
      const procedure = random.pick(procedures);
      const letter = random.pick(['q', 'm', 's'] as const);
      if (
        allowsProcedure(wanted, types[letter], procedure) &&
        !allowsProcedure(scope, types[letter], procedure)
      )
        widened.push([scope, wanted, letter, procedure]);
      const path = random.pick(paths);
      if (allowsHttp(wanted, 'GET', path) && !allowsHttp(scope, 'GET', path))
        widened.push([scope, wanted, path]);
    }
    expect(widened, `seed ${seed}`).toEqual([]);
    expect(covered, 'so that it says something').toBeGreaterThan(500);
  });

  it.each([
    [{ rpc: { q: ['a.*'] } }, { rpc: { m: ['a.b'] } }, 'another type'],
    [{ rpc: { q: ['a.*'] } }, { http: { GET: ['/a'] } }, 'another surface'],
    [{ http: { GET: ['/a/**'] } }, { http: { HEAD: ['/a'] } }, 'another method'],
    [
      [{ rpc: { q: ['a.*'] } }, { http: { GET: ['/a'] } }],
      { rpc: { q: ['a.b'] } },
      'what a later layer closes',
    ],
    [{}, { rpc: { q: ['a'] } }, 'anything, if it opens nothing'],
    [[], {}, 'nothing, if there is no layer at all'],
  ] satisfies [EffectiveScope, Scope, string][])('%j does not cover %j: %s', (scope, wanted, _) => {
    expect(coversScope(scope, wanted)).toBe(false);
  });

  it('covers nothing at all, whatever it opens', () => {
    for (const scope of [{}, { rpc: { q: ['a'] } }, [{}, {}]])
      for (const wanted of [{}, { rpc: {} }, { rpc: { q: [] }, http: { GET: [] } }])
        expect(coversScope(scope, wanted)).toBe(true);
  });
});
