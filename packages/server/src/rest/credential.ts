import { parseAuthorization } from '../caller/authorization.ts';
import { boundScheme } from '../caller/identify.ts';
import type { Presentation } from '../caller/identify.ts';

/**
 * What a request presents to a route.
 *
 * - `none`: nothing
 * - `several`: more than one credential; which one counts is nobody's to guess
 * - `foreign`: none of a token's kind, such as a service key or a session of the host's own
 * - `misplaced`: in the URL of a request that is no GET
 * - `scoped`: to be verified as a token of ours; a text that is none is refused there
 * - `django`: to be read as a token of `django.core.signing`
 */
export type RouteCredential =
  | { readonly kind: 'none' | 'several' | 'misplaced' }
  | { readonly kind: 'foreign'; readonly isOurScheme: boolean }
  | { readonly kind: 'scoped'; readonly inQuery: boolean; readonly isBound: boolean }
  | { readonly kind: 'django'; readonly text: string };

export interface CredentialRules {
  /** In lower case. */
  readonly scheme: string;
  /** In lower case: whatever comes by them claims to be a token. */
  readonly legacySchemes: readonly string[];
  readonly queryParameter: string | null;
  readonly takesDjango: boolean;
}

/** Two colons part payload, time and signature; a token of ours, a service key and a JWT have none. */
const djangoShape = /^[^:]+:[^:]+:[^:]+$/;

/** `presentation` holds what may count; what the URL of another method than GET holds is looked for here. */
export function routeCredential(
  request: Request,
  { authorizations, inQuery = [] }: Presentation,
  rules: CredentialRules,
): RouteCredential {
  const queried = inQuery.length > 0 ? inQuery : tokensInUrl(request, rules.queryParameter);
  const [value] = authorizations;
  if (authorizations.length + queried.length > 1) return { kind: 'several' };
  if (queried.length > 0)
    return request.method === 'GET'
      ? { kind: 'scoped', inQuery: true, isBound: false }
      : { kind: 'misplaced' };
  return value === undefined ? { kind: 'none' } : inHeader(value, rules);
}

function inHeader(value: string, { scheme, legacySchemes, takesDjango }: CredentialRules): RouteCredential {
  const [named = ''] = value.toLowerCase().split(/[ ,]/, 1);
  const credential = parseAuthorization(value)?.credential ?? '';
  const isLegacy = legacySchemes.includes(named);
  const isOurScheme = named === scheme || isLegacy || named === boundScheme;
  // Wherever one of ours stands, it must not get to the route.
  if (value.includes('cst1.')) return { kind: 'scoped', inQuery: false, isBound: named === boundScheme };
  if (credential.startsWith('csk_')) return { kind: 'foreign', isOurScheme };
  if (takesDjango && (isLegacy || (named === scheme && djangoShape.test(credential))))
    return { kind: 'django', text: credential };
  if (isLegacy || named === boundScheme)
    return { kind: 'scoped', inQuery: false, isBound: named === boundScheme };
  return { kind: 'foreign', isOurScheme };
}

function tokensInUrl({ url }: Request, queryParameter: string | null): readonly string[] {
  return queryParameter === null ? [] : new URL(url).searchParams.getAll(queryParameter);
}
