import { CountersignError, type Logger } from '@countersign/core';
import { getTRPCErrorFromUnknown } from '@trpc/server';
import { dpopChallenge } from '../dpop/challenge.ts';
import { logError } from '../error/log-error.ts';
import { problemAnswer } from '../error/problem.ts';
import { withoutPrivateText } from '../error/public-error.ts';
import type { RouteCredential } from './credential.ts';
import type { Route } from './route.ts';

export interface RefusalOptions {
  readonly logger: Logger;
  /** As a challenge names it. */
  readonly scheme: string;
  readonly audience: string;
}

/** The answer to a request that does not reach its route. */
export type Refuse = (cause: unknown, route: Route, credential: RouteCredential) => Response;

/**
 * A problem document (RFC 9457) with the reason and the details of docs/errors.md, and the challenge of RFC 6750 §3.
 * Every token that does not count gets the same answer, whatever is wrong with it.
 */
export function createRefusal({ logger, scheme, audience }: RefusalOptions): Refuse {
  // A quoted string (RFC 9110 §5.6.4), of what needs no escape in it.
  const realm = `realm="${audience.replace(/[^ !#-[\]-~]/g, '')}"`;

  function challenge(cause: unknown, credential: RouteCredential): string | null {
    if (!(cause instanceof CountersignError)) return null;
    const isBound = credential.kind === 'scoped' && credential.isBound;
    if (cause.reason === 'insufficient_scope')
      return `${isBound ? 'DPoP' : scheme} ${realm}, error="insufficient_scope"`;
    if (cause.reason !== 'unauthenticated')
      return credential.kind === 'several' ? `${scheme} ${realm}, error="invalid_request"` : null;
    if (isBound) return dpopChallenge('wrong_client_key');
    return `${scheme} ${realm}${presentsNothing(credential) ? '' : ', error="invalid_token"'}`;
  }

  return (cause, { path }, credential) => {
    const error = withoutPrivateText(getTRPCErrorFromUnknown(cause));
    logError(logger, error, path ?? undefined);
    const wanted = challenge(cause, credential);
    return problemAnswer(error, {
      'referrer-policy': 'no-referrer', // where it was asked for with a token in the URL
      ...(wanted !== null && { 'www-authenticate': wanted }),
    });
  };
}

/** Such a client may not have known that it has to: RFC 6750 §3.1 tells it no error. */
function presentsNothing(credential: RouteCredential): boolean {
  return credential.kind === 'none' || (credential.kind === 'foreign' && !credential.isOurScheme);
}
