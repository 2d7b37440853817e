import type { Clock, Core, Logger } from '@countersign/core';
import type { MiddlewareHandler } from 'hono';
import type { ClientUrlOf } from '../dpop/public-url.ts';
import type { Identify } from '../caller/identify.ts';
import type { CredentialGate } from '../caller/credential-gate.ts';
import type { DjangoTokens } from '../options.ts';
import { createAdmission } from './admission.ts';
import { createDjangoReader } from './django-tokens.ts';
import { createEnter, type WithoutToken } from './enter.ts';
import { guardHono, type HonoGuardOptions, type PassingHonoOptions } from './hono.ts';
import { pathOfUrl } from './path.ts';
import { createRefusal } from './refusal.ts';
import { assertNobodyPassesUnpaid } from './nobody-passes-unpaid.ts';
import type { AuthorizedRequest, PassedRequest, RequestAuth } from './request-auth.ts';
import { unseen } from './unseen.ts';

/** About one route, or all routes behind one guard. */
export interface GuardOptions {
  /**
   * The path on which your router dispatched, without the query and still encoded, where that is not the one of
   * `request.url`. (A `Request` shows what its URL parser has made of `/a/../b`; a router that dispatches on that, and
   * this guard, see the same path.)
   */
  readonly path?: string;
  /** The method on which your router dispatched. Another one than the request has opens nothing: no override counts. */
  readonly method?: string;
  /**
   * What happens to a request without a token of ours: `refuse`, the default, or `pass`, for a route that knows
   * callers of its own. It then has `auth: null`, and whatever it presented is untouched. Not together with `pays`.
   */
  readonly withoutToken?: WithoutToken;
  /**
   * For a route that does what somebody has authorized: a token opens it only if it carries granted authorization
   * requests of this operation for exactly this data. They are consumed before the route runs: one that fails then
   * has used them up. Nobody else gets in: who has another way to pay takes another route.
   */
  readonly pays?: {
    readonly slug: string;
    /** What the request asks for, as it was authorized; of a copy, so that the route can read the body as well. */
    readonly data: (request: Request) => unknown;
  };
}

/** For a route that a request without a token may reach: it pays for nothing. */
type PassingOptions = GuardOptions & { readonly pays?: never };

type Next<Given extends Request> = (request: Given) => Response | Promise<Response>;

/**
 * Lets requests with a scoped token through to the routes of a host that the token opens.
 *
 * Expiry, revocation, carrier, client key, whether the subject may act, and the scope are asked for each request, and
 * the path is the one the router dispatched on. The route gets `request.auth`, and neither the token nor a recipient
 * that the client has claimed. Refusals are answered as problem documents: 401, 403, 400 for two credentials, 503 when
 * nobody can say whether the token counts.
 *
 * Guard a request once, before whatever logs URLs. It is a new `Request` that has lost the token; what a server keeps
 * beside it, as `@hono/node-server` does in `c.env.incoming`, is as it came.
 *
 * @example
 * ```ts
 * const answer = await cs.rest(request, ({ auth }) => Response.json(reportsOf(auth.subjectId)));
 * ```
 * @throws TypeError for `pays` together with `withoutToken: 'pass'`: an anonymous request would have paid nothing.
 */
export interface RestGuard {
  (
    request: Request,
    next: Next<AuthorizedRequest>,
    options?: GuardOptions & { readonly withoutToken?: 'refuse' },
  ): Promise<Response>;
  (request: Request, next: Next<PassedRequest>, options: PassingOptions): Promise<Response>;
  /**
   * The same as a middleware of Hono, which checks `c.req.path` and sets `c.var.auth`.
   *
   * @example
   * ```ts
   * app.get('/reports/:id', cs.rest.hono(), (c) => c.json(reportOf(c.var.auth.subjectId, c.req.param('id'))));
   * ```
   */
  hono(
    options?: HonoGuardOptions & { readonly withoutToken?: 'refuse' },
  ): MiddlewareHandler<{ Variables: { auth: RequestAuth } }>;
  hono(options: PassingHonoOptions): MiddlewareHandler<{ Variables: { auth: RequestAuth | null } }>;
}

export interface RestGuardOptions {
  readonly core: Core;
  readonly identify: Identify;
  readonly credentials: CredentialGate;
  readonly isActive: (subjectId: string) => Promise<boolean>;
  readonly audience: string;
  readonly scheme: string;
  readonly legacySchemes: readonly string[];
  readonly queryParameter: string | null;
  readonly recipientHeader: string;
  readonly django?: DjangoTokens | undefined;
  readonly publicUrl: ClientUrlOf;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createRestGuard(options: RestGuardOptions): RestGuard {
  const { core, scheme, legacySchemes, queryParameter, recipientHeader, django, logger } = options;
  const reader = django === undefined ? null : createDjangoReader({ ...options, ...django });
  const enter = createEnter({
    core,
    admit: createAdmission({ ...options, django: reader }),
    refuse: createRefusal(options),
    rules: {
      scheme: scheme.toLowerCase(),
      legacySchemes: legacySchemes.map((name) => name.toLowerCase()),
      queryParameter,
      takesDjango: reader !== null,
    },
    recipientHeader,
    publicUrl: options.publicUrl,
  });

  async function guard(
    request: Request,
    next: Next<AuthorizedRequest>,
    { path, method, withoutToken = 'refuse', pays }: GuardOptions = {},
  ): Promise<Response> {
    assertNobodyPassesUnpaid({ withoutToken, pays });
    const isOverridden = method !== undefined && method !== request.method;
    const route = {
      method: request.method,
      path: isOverridden ? null : (path ?? pathOfUrl(request.url)),
      isPaid: pays !== undefined,
    };
    const entry = await enter(request, route, withoutToken);
    if (entry.kind === 'refused') return entry.answer;
    let { auth } = entry;
    if (pays !== undefined) {
      const payment = await entry.pay(pays.slug, await pays.data(entry.request.clone()));
      if (payment.kind === 'refused') return payment.answer;
      auth = payment.auth;
    }
    // Null only where the caller has said `pass`, and takes it.
    const answer = await next(Object.assign(entry.request, { auth }) as AuthorizedRequest);
    return entry.inQuery ? unseen(answer) : answer;
  }
  return Object.assign(guard, { hono: guardHono(enter, logger) }) as RestGuard;
}
