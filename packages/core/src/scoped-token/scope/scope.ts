/** What a procedure is, as the procedure itself says; never the HTTP verb it was called with. */
export type ProcedureType = 'query' | 'mutation' | 'subscription';

export const httpMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** An exact upper-case name: `get` is none, and HEAD is not implied by GET. */
export type HttpMethod = (typeof httpMethods)[number];

/** The letters under which a scope lists procedures. */
export const procedureLetters = ['q', 'm', 's'] as const;

export type ProcedureLetter = (typeof procedureLetters)[number];

export const letterOfType: Readonly<Record<ProcedureType, ProcedureLetter>> = {
  query: 'q',
  mutation: 'm',
  subscription: 's',
};

export type ProcedureGrants = { readonly [Letter in ProcedureLetter]?: readonly string[] };
export type HttpGrants = { readonly [Method in HttpMethod]?: readonly string[] };

/**
 * What a token opens, as it is written in the claim `scp`. What is not listed is denied; there are no deny
 * rules; `{}` opens nothing.
 *
 * - `rpc`: procedures by type (`q` queries, `m` mutations, `s` subscriptions) and path: `invoice.*`
 * - `http`: methods and paths: `/api/v1/foo/**`
 *
 * `*` is exactly one segment, and not an empty one. `**` may only be the last segment: for procedures one
 * segment or more, for HTTP the path before it, with or without a slash, and everything below.
 *
 * @example
 * ```ts
 * const scope: Scope = {
 *   rpc: { q: ['invoice.*'], m: ['invoice.markPaid'] },
 *   http: { GET: ['/api/v1/foo/**'], HEAD: ['/api/v1/foo'] },
 * };
 * allowsProcedure(scope, 'query', 'invoice.list'); // true
 * ```
 */
export interface Scope {
  readonly rpc?: ProcedureGrants;
  readonly http?: HttpGrants;
}

/**
 * What a token opens after narrowing: its scope, or several of which each must allow the call.
 *
 * A list and not their intersection as one scope: patterns multiply when they are intersected (64 by 64 by
 * 64 …), and whoever holds a token may append blocks.
 */
export type EffectiveScope = Scope | readonly Scope[];

export function scopesOf(scope: EffectiveScope): readonly Scope[] {
  return isList(scope) ? scope : [scope];
}

/** `Array.isArray` does not narrow a read-only array. */
function isList(scope: EffectiveScope): scope is readonly Scope[] {
  return Array.isArray(scope);
}
