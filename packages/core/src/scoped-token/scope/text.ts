import { invalidInput } from '../../error.ts';
import { scopeProblem } from './check.ts';
import { httpMethods, procedureLetters, type Scope } from './scope.ts';

/**
 * Reads the text form of a scope, for configuration: `rpc:` types `:` path, or `http:` methods `:` path, one
 * grant a line.
 *
 * @example
 * ```ts
 * parseScope(['rpc:qm:invoice.*', 'http:GET,HEAD:/api/v1/foo/**']);
 * // { rpc: { q: ['invoice.*'], m: ['invoice.*'] }, http: { GET: ['/api/v1/foo/**'], HEAD: ['/api/v1/foo/**'] } }
 * ```
 * @throws CountersignError `invalid_input` with the line that is none.
 */
export function parseScope(lines: readonly string[]): Scope {
  let scope: Scope = {};
  for (const [index, line] of lines.entries()) {
    const [, surface = '', kinds = '', grant = ''] = /^(rpc|http):([^:]+):(.+)$/s.exec(line) ?? [];
    const named = surface === 'rpc' ? kinds.split('') : kinds.split(',');
    const wider =
      surface === 'rpc' ? withGrant(scope, 'rpc', named, grant) : withGrant(scope, 'http', named, grant);
    if (surface === '' || new Set(named).size < named.length || scopeProblem(wider) !== null)
      throw invalidInput([index], 'must be like rpc:qm:invoice.* or http:GET,HEAD:/api/v1/foo/**');
    scope = wider;
  }
  return scope;
}

function withGrant(scope: Scope, surface: 'rpc' | 'http', kinds: readonly string[], grant: string): Scope {
  const lists = new Map<string, readonly string[]>(Object.entries(scope[surface] ?? {}));
  for (const kind of kinds) lists.set(kind, [...(lists.get(kind) ?? []), grant]);
  return { ...scope, [surface]: Object.fromEntries(lists) };
}

/**
 * The text form of a scope, for logs and listings; what opens the same path for several types or methods
 * stands in one line.
 *
 * @example
 * ```ts
 * printScope({ http: { GET: ['/a'], HEAD: ['/a'] }, rpc: { q: ['invoice.*'] } });
 * // ['rpc:q:invoice.*', 'http:GET,HEAD:/a']
 * ```
 */
export function printScope({ rpc = {}, http = {} }: Scope): string[] {
  const procedures = byGrant(procedureLetters.map((letter) => [letter, rpc[letter] ?? []]));
  const requests = byGrant(httpMethods.map((method) => [method, http[method] ?? []]));
  return [
    ...procedures.map(([grant, letters]) => `rpc:${letters.join('')}:${grant}`),
    ...requests.map(([grant, methods]) => `http:${methods.join(',')}:${grant}`),
  ];
}

function byGrant(
  lists: readonly (readonly [kind: string, grants: readonly string[]])[],
): [string, string[]][] {
  const kinds = new Map<string, string[]>();
  for (const [kind, grants] of lists)
    for (const grant of new Set(grants)) kinds.set(grant, [...(kinds.get(grant) ?? []), kind]);
  return [...kinds];
}
