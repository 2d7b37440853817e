import type { HttpGrants, ProcedureGrants, Scope } from './scope.ts';

/**
 * Whether a grant opens everything, or everything of one depth: it is made of wildcards alone and names no segment.
 * `**` and `/**` do; `*.*` opens all procedures of a router in folders, so it is as wide.
 */
function isRoot(grant: string): boolean {
  return grant.includes('*') && /^[*./]+$/.test(grant);
}

/** Whether somebody should have said so before such a scope is given. */
export function opensRoot({ rpc = {}, http = {} }: Scope): boolean {
  return listsRoot(rpc) || listsRoot(http);
}

function listsRoot(grants: ProcedureGrants | HttpGrants): boolean {
  return Object.values(grants).some((list) => list.some(isRoot));
}
