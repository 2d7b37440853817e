import { CountersignError, invalidInput } from '../../error.ts';
import type { Claims } from '../cst1/claims.ts';
import type { Endpoints } from '../scope/from-endpoints.ts';
import { httpMethods, type Scope } from '../scope/scope.ts';
import type { DjangoPayload } from './claims.ts';

/** What such a payload says, and what the format wants of every token. Whatever else was claimed would be lost. */
const expressible: ReadonlySet<string> = new Set(['jti', 'sub', 'aud', 'iat', 'exp', 'scp', 'rcp']);

/**
 * What a verifier made with Django is given in place of claims, for as long as there is one: never more than
 * they allow. Such a verifier compares by `startsWith`, so `/p/**` becomes the prefix `/p/`, with its slash;
 * the path `/p` itself is lost. To be written with `now` = `iat`, since its age is counted from there. It has
 * no id to be revoked by and names no service: every verifier that has the secret takes it.
 *
 * @example
 * ```ts
 * const scp: Scope = { http: { GET: ['/api/v1/foo/**'] } };
 * djangoPayloadFromClaims({ ...claims, scp });
 * // { user: 'ada', max_age: 3600, endpoints: { GET: ['/api/v1/foo/'] } }
 * ```
 * @throws CountersignError `invalid_input` for a claim it cannot say (`cnf`, `arq`, `car`, `nbf`, `ext` …), and
 * for a grant other than `/p/**` over HTTP; `scope_too_wide` for `/**`.
 */
export function djangoPayloadFromClaims(claims: Claims): DjangoPayload {
  for (const [name, value] of Object.entries(claims))
    if (value !== undefined && !expressible.has(name))
      throw invalidInput(['claims', name], 'has no place in a Django token');
  const { sub, iat, exp, scp, rcp } = claims;
  return {
    user: /^(?:0|[1-9][0-9]{0,14})$/.test(sub) ? Number(sub) : sub,
    max_age: exp - iat,
    endpoints: endpointsOf(scp),
    ...(rcp === undefined ? {} : { recipient: rcp }),
  };
}

function endpointsOf({ rpc = {}, http = {} }: Scope): Endpoints {
  if (Object.values(rpc).some((grants) => grants.length > 0))
    throw invalidInput(['claims', 'scp', 'rpc'], 'has no place in a Django token');
  return Object.fromEntries(
    httpMethods.flatMap((method) => {
      const grants = http[method];
      return grants === undefined ? [] : [[method, grants.map(prefixOf)]];
    }),
  );
}

function prefixOf(grant: string): string {
  const prefix = grant.slice(0, -'**'.length);
  if (!grant.endsWith('/**') || prefix.includes('*'))
    throw invalidInput(['claims', 'scp', 'http'], 'must be grants like /p/**');
  if (prefix === '/') throw new CountersignError('scope_too_wide');
  return prefix;
}
