import type { HttpGrants, ProcedureGrants, Scope } from './scope.ts';

/**
 * Whether a grant opens everything: it ends in `**` and names no segment. `**` and `/**` do; so do `*.**`
 * and `/*` followed by `/**`, which leave out next to nothing.
 */
function isRoot(grant: string): boolean {
  return grant.endsWith('**') && /^[*./]+$/.test(grant);
}

/** Whether somebody should have said so before such a scope is given. */
export function opensRoot({ rpc = {}, http = {} }: Scope): boolean {
  return listsRoot(rpc) || listsRoot(http);
}

function listsRoot(grants: ProcedureGrants | HttpGrants): boolean {
  return Object.values(grants).some((list) => list.some(isRoot));
}
