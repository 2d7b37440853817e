// What the client needs of packages/core/src/scoped-token/scope/check.ts, copied by `npm run generate`.
// A change belongs there; a check fails when this is not up to date.

import { isHttpMethod } from './allows-http.ts';
import { isHttpGrant } from './http-grant.ts';
import { isRecord } from './is-record.ts';
import { isProcedureGrant } from './procedure-grant.ts';
import { procedureLetters } from './scope.ts';

const grantsMax = 64;
const grantCharactersMax = 256;

const letters: ReadonlySet<string> = new Set(procedureLetters);

/** What is wrong with a value that should be a scope, as an expectation; null for a scope. */
export function scopeProblem(value: unknown): string | null {
  if (!isRecord(value)) return 'must be an object';
  let grants = 0;
  for (const name of Object.keys(value)) {
    const surface = surfaces.get(name);
    if (surface === undefined) return 'must list nothing but rpc and http';
    const lists = value[name];
    if (!isRecord(lists)) return `${name} must be an object`;
    for (const kind of Object.keys(lists)) {
      const list = lists[kind];
      if (!surface.isKind(kind)) return `${name} must list ${surface.kinds}`;
      if (!Array.isArray(list)) return `${name}.${kind} must be a list`;
      grants += list.length;
      if (grants > grantsMax) return `must have at most ${grantsMax} grants`;
      // Not every(): it would pass over the holes of a sparse list.
      for (const grant of list)
        if (!isGrant(grant, surface)) return `${name}.${kind} must list ${surface.grants}`;
    }
  }
  return null;
}

interface Surface {
  readonly isKind: (text: string) => boolean;
  readonly kinds: string;
  readonly isGrant: (text: string) => boolean;
  readonly grants: string;
}

const surfaces: ReadonlyMap<string, Surface> = new Map([
  [
    'rpc',
    {
      isKind: (text) => letters.has(text),
      kinds: 'nothing but q, m and s',
      isGrant: isProcedureGrant,
      grants: 'paths like invoice.markPaid, invoice.* or feed.**',
    },
  ],
  [
    'http',
    {
      isKind: isHttpMethod,
      kinds: 'methods by their upper-case names',
      isGrant: isHttpGrant,
      grants: 'canonical paths like /foo, /foo/* or /foo/**',
    },
  ],
]);

function isGrant(value: unknown, surface: Surface): boolean {
  return typeof value === 'string' && value.length <= grantCharactersMax && surface.isGrant(value);
}
