// What the client needs of packages/core/src/scoped-token/scope/scope.ts, copied by `npm run generate`.
// A change belongs there; a check fails when this is not up to date.

export const httpMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** An exact upper-case name: `get` is none, and HEAD is not implied by GET. */
export type HttpMethod = (typeof httpMethods)[number];

/** The letters under which a scope lists procedures. */
export const procedureLetters = ['q', 'm', 's'] as const;

type ProcedureLetter = (typeof procedureLetters)[number];

type ProcedureGrants = { readonly [Letter in ProcedureLetter]?: readonly string[] };
type HttpGrants = { readonly [Method in HttpMethod]?: readonly string[] };

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
