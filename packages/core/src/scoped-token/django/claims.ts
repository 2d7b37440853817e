import { hash } from 'node:crypto';
import { CountersignError, invalidInput } from '../../error.ts';
import { asciiJson } from '../cst1/ascii.ts';
import type { Claims } from '../cst1/claims.ts';
import { lifetimeSecondsMax } from '../cst1/format.ts';
import { readClaims } from '../cst1/read-claims.ts';
import { scopeFromEndpoints, type Endpoints } from '../scope/from-endpoints.ts';
import { isRecord } from '../scope/is-record.ts';
import { opensRoot } from '../scope/root.ts';

/** What a scoped token made with Django says. */
export interface DjangoPayload {
  readonly user: number | string;
  readonly endpoints: Endpoints;
  readonly max_age: number;
  readonly recipient?: string;
}

export interface DjangoClaimsOptions {
  /** The service that took the token; a Django token names none. */
  readonly audience: string;
  /** When the token was signed, in seconds: from `readDjangoToken`. */
  readonly issuedAt: number;
  /** Whether the endpoint `/`, which is every endpoint, is taken. */
  readonly allowRoot?: boolean | undefined;
}

const names: ReadonlySet<string> = new Set(['user', 'endpoints', 'max_age', 'recipient']);

/**
 * The claims of a Django token's payload: `user` becomes `sub`, `endpoints` the HTTP scope
 * (`scopeFromEndpoints`), `max_age` from the time of signing `exp`, `recipient` `rcp`. All that the original
 * asserted is checked again: a signature says who wrote it, not that it is a token; an application signs other
 * things with the same secret.
 *
 * The id is derived from the rest, so that such a token too can be revoked by it. Whether `exp` has passed is
 * for the caller to ask.
 *
 * @example
 * ```ts
 * const claims = claimsFromDjangoToken(
 *   { user: 7, max_age: 360, endpoints: { GET: ['/api/v1/foo'] } },
 *   { audience: 'bank.example', issuedAt: 1760000000 },
 * );
 * claims.exp; // 1760000360
 * claims.scp; // { http: { GET: ['/api/v1/foo/**'] } }
 * ```
 * @throws CountersignError `invalid_input` for a payload that is no scoped token, `lifetime_too_long` beyond
 * 24 hours, `scope_too_wide` for the endpoint `/` without `allowRoot`.
 */
export function claimsFromDjangoToken(payload: unknown, options: DjangoClaimsOptions): Claims {
  const { audience, issuedAt, allowRoot = false } = options;
  const { user, endpoints, max_age: maxAge, recipient } = parsePayload(payload);
  if (maxAge > lifetimeSecondsMax) throw new CountersignError('lifetime_too_long');
  const scp = scopeFromEndpoints(endpoints);
  if (!allowRoot && opensRoot(scp)) throw new CountersignError('scope_too_wide');
  const times = { iat: issuedAt, exp: issuedAt + maxAge };
  const body = {
    sub: String(user),
    aud: audience,
    ...times,
    ...(recipient === undefined ? {} : { rcp: recipient }),
  };
  // The scope was checked above, beyond the limits of a minted one.
  const reading = readClaims(asciiJson({ jti: idOf({ ...body, scp }), ...body, scp: {} }));
  if (!reading.ok) throw invalidInput(['payload', ...reading.at], reading.problem);
  return { ...reading.body, scp };
}

function parsePayload(payload: unknown): DjangoPayload {
  if (!isRecord(payload)) throw invalidInput(['payload'], 'must be an object');
  const unknown = Object.keys(payload).find((name) => !names.has(name));
  if (unknown !== undefined) throw invalidInput(['payload', unknown], 'is not of this format');
  const { user, endpoints, max_age: maxAge, recipient } = payload;
  if (typeof user !== 'string' && !Number.isSafeInteger(user))
    throw invalidInput(['payload', 'user'], 'must be the id of a user');
  if (!isRecord(endpoints)) throw invalidInput(['payload', 'endpoints'], 'must be an object');
  if (!Number.isSafeInteger(maxAge)) throw invalidInput(['payload', 'max_age'], 'must be whole seconds');
  if (recipient !== undefined && typeof recipient !== 'string')
    throw invalidInput(['payload', 'recipient'], 'must be a text');
  return payload as unknown as DjangoPayload;
}

function idOf(body: Omit<Claims, 'jti'>): string {
  const digest = hash('sha256', `countersign/django-token/v1\0${asciiJson(body)}`, 'buffer');
  return digest.subarray(0, 16).toString('base64url');
}
