import { isProcedurePath, opensProcedure } from './procedure-grant.ts';
import { letterOfType, scopesOf, type EffectiveScope, type ProcedureType } from './scope.ts';

/**
 * Whether a scope opens a procedure. To be asked for every call of a batch and every message of a socket,
 * with the type the procedure has and its path relative to the router the grants speak of; never from a URL.
 *
 * No HTTP grant opens a procedure. A path that is none is denied.
 *
 * @example
 * ```ts
 * allowsProcedure({ rpc: { q: ['invoice.*'] } }, 'query', 'invoice.list'); // true
 * allowsProcedure({ rpc: { q: ['invoice.*'] } }, 'mutation', 'invoice.list'); // false
 * allowsProcedure({ rpc: { q: ['invoice.*'] } }, 'query', 'invoice.line.list'); // false
 * ```
 */
export function allowsProcedure(scope: EffectiveScope, type: ProcedureType, path: string): boolean {
  if (!Object.hasOwn(letterOfType, type) || !isProcedurePath(path)) return false;
  const letter = letterOfType[type];
  const scopes = scopesOf(scope);
  return (
    scopes.length > 0 &&
    scopes.every(({ rpc }) => rpc?.[letter]?.some((grant) => opensProcedure(grant, path)) ?? false)
  );
}
