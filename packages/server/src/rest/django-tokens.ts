import { CountersignError, type Clock, type Core } from '@countersign/core';
import {
  allowsHttp,
  allowsRawPrefix,
  claimsFromDjangoToken,
  readDjangoToken,
  type Claims,
  type DjangoPayload,
} from '@countersign/core/scoped-token';
import type { DjangoTokens } from '../options.ts';
import type { AcceptedCredential } from './accepted.ts';
import type { RequestAuth } from './request-auth.ts';

export interface DjangoReader {
  /**
   * Null for one that may not be used; why is in the log.
   *
   * @throws CountersignError `unavailable_dependency` when nobody can say whether its subject may act, or was revoked.
   */
  read(token: string): Promise<AcceptedCredential | null>;
}

export interface DjangoReaderOptions extends DjangoTokens {
  readonly core: Core;
  readonly audience: string;
  readonly clock: Clock;
  readonly isActive: (subjectId: string) => Promise<boolean>;
}

/** These tokens are of none: a revocation of all tokens of a subject ends them, those written after it as well. */
const noEpoch = 0;

/**
 * Reads tokens that `django.core.signing` wrote. The signature says who wrote it and nothing more, so everything is
 * asked again: what it is, from when and until when (24 hours at most, since a revocation is not kept for longer), for
 * which paths, whether its subject was revoked, whether it may act now.
 */
export function createDjangoReader(options: DjangoReaderOptions): DjangoReader {
  const { core, audience, clock, isActive, secrets, salt, allowSha1, rawPrefixes = false } = options;
  const { verifier } = core.scopedToken;
  const seconds = (): number => clock.now().getTime() / 1000;
  // It has no row with us, so that it was refused is told to the operator's log alone.
  const reject = (reason: string): void => core.scopedToken.reject(null, { reason: `django_${reason}` });
  const refuse = (reason: string): null => {
    reject(reason);
    return null;
  };

  return {
    async read(token) {
      const reading = readDjangoToken(token, { secrets, salt, allowSha1, now: seconds() });
      if (!reading.ok) return refuse(reading.reason);
      const claims = claimsOf(reading.payload, { audience, issuedAt: reading.issuedAt });
      if (claims instanceof CountersignError) return refuse(claims.reason);
      const standing = await verifier.standingOfSubject(claims.sub, noEpoch);
      if (standing === 'revoked') return refuse('revoked');
      if (standing === 'unknown') {
        reject('revocations_unknown');
        throw new CountersignError('unavailable_dependency');
      }
      if (!(await isActive(claims.sub))) return refuse('inactive_subject');
      // Asked last, since the others may have taken a while.
      if (!(seconds() < claims.exp)) return refuse('expired');
      const { endpoints } = reading.payload as DjangoPayload; // as claimsFromDjangoToken has found it
      return {
        auth: authOf(claims),
        onlyReading: standing === 'only_queries',
        payer: null,
        allows: (method, path) =>
          rawPrefixes ? allowsRawPrefix(endpoints, method, path) : allowsHttp(claims.scp, method, path),
        reject,
      };
    },
  };
}

function claimsOf(
  payload: unknown,
  options: { readonly audience: string; readonly issuedAt: number },
): Claims | CountersignError {
  try {
    return claimsFromDjangoToken(payload, options);
  } catch (error) {
    if (error instanceof CountersignError) return error;
    throw error;
  }
}

function authOf({ jti, sub, exp, rcp }: Claims): RequestAuth {
  return {
    kind: 'subject',
    subjectId: sub,
    sessionId: null,
    token: {
      format: 'django',
      id: jti,
      expiresAt: new Date(exp * 1000),
      recipients: rcp === undefined ? [] : [rcp],
    },
    recipient: rcp ?? null,
    receipts: [],
  };
}
