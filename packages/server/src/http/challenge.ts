import type { MiddlewareHandler } from 'hono';
import { parseAuthorization } from '../caller/authorization.ts';
import { boundScheme } from '../caller/identify.ts';
import { dpopChallenge } from '../dpop/challenge.ts';

/**
 * What a 401 asks for (RFC 9110, §11.6.1): the scheme of tokens; with a credential that does not count
 * `invalid_token` (RFC 6750, §3.1), whatever is wrong with it.
 */
export function challengeUnknown(scheme: string): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (c.res.status !== 401) return;
    const given = c.req.header('authorization');
    const isBound = parseAuthorization(given ?? '')?.scheme === boundScheme;
    const challenge = given === undefined ? scheme : `${scheme} error="invalid_token"`;
    c.res.headers.set('www-authenticate', isBound ? dpopChallenge('wrong_client_key') : challenge);
  };
}
