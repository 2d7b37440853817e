import { CountersignError } from '@countersign/core';
import { TRPCError } from '@trpc/server';
import { createRefusal, type RefusalOptions } from '../../rest/refusal.ts';
import { changingMethods, NoChangeError } from './changing-method.ts';

interface RefusedRoute {
  readonly method: string;
  readonly path: string;
  /** Whether a missing authorization is also told as RFC 9470 says it. */
  readonly stepUp: boolean;
}

/** The answer to a request whose handler does not run; null for what is no refusal of ours. */
export type RefuseRoute = (cause: unknown, route: RefusedRoute) => Response | null;

/**
 * The problem documents of `cs.rest` (RFC 9457): 428 has `reason: 'authorization_required'` and `authorizationRequest`.
 * With `stepUp` it carries the challenge of RFC 9470 §3 as well, for clients that know that one; the status stays 428,
 * since a 401 makes browsers and proxies throw away the session.
 */
export function createRouteRefusal(options: RefusalOptions): RefuseRoute {
  const refuse = createRefusal(options);
  const realm = options.audience.replace(/[^ !#-[\]-~]/g, '');
  const challenge = `${options.scheme} realm="${realm}", error="insufficient_user_authentication", error_description="This operation must be authorized first"`;

  return (cause, { method, path, stepUp }) => {
    if (cause instanceof NoChangeError) return noChange(cause);
    if (!(cause instanceof CountersignError || cause instanceof TRPCError)) return null;
    const answer = refuse(cause, { method, path, isPaid: false }, { kind: 'none' });
    if (stepUp && answer.status === 428) answer.headers.set('www-authenticate', challenge);
    return answer;
  };
}

/** RFC 9110 §15.5.6: which methods would do. */
function noChange({ message }: NoChangeError): Response {
  const problem = { title: 'Method Not Allowed', status: 405, detail: message, reason: 'invalid_input' };
  return new Response(JSON.stringify(problem), {
    status: 405,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      allow: changingMethods.join(', '),
    },
  });
}
