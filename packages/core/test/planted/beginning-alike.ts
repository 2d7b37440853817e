import type { Scope } from '../../src/scoped-token/index.ts';

/** Bug 43: a grant opens every path that begins like it, and `/foo` opens `/foobar`. */
export function beginningAlike(scope: Scope, method: 'GET', path: string): boolean {
  return scope.http?.[method]?.some((grant) => path.startsWith(grant.replace(/\/\*{1,2}$/, ''))) ?? false;
}
