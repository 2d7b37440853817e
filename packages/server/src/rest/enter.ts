import { CountersignError, type Core } from '@countersign/core';
import { refuseInput } from '../error/refuse-input.ts';
import type { ClientUrlOf } from '../dpop/public-url.ts';
import { presentationOf } from '../http/credentials.ts';
import type { AcceptedCredential } from './accepted.ts';
import type { Admit } from './admission.ts';
import { routeCredential, type CredentialRules, type RouteCredential } from './credential.ts';
import { downstreamOf, isNoRequest } from './downstream.ts';
import type { Refuse } from './refusal.ts';
import type { RequestAuth } from './request-auth.ts';
import type { Route } from './route.ts';

export type WithoutToken = 'refuse' | 'pass';

/** What becomes of a request at the door of a route. */
export type Entry =
  | { readonly kind: 'refused'; readonly answer: Response }
  | {
      readonly kind: 'entered';
      /** For the route: without its token, without a recipient that the client has claimed. */
      readonly request: Request;
      /** Null for a request without a token. */
      readonly auth: RequestAuth | null;
      /** The token stood in the URL: nobody may keep the answer, or tell the URL on. */
      readonly inQuery: boolean;
      /** On a route that is paid for: consumes what was authorized, once, for exactly this data. */
      pay(slug: string, data: unknown): Promise<Payment>;
    };

export type Payment =
  | { readonly kind: 'refused'; readonly answer: Response }
  | { readonly kind: 'paid'; readonly auth: RequestAuth };

export type Enter = (request: Request, route: Route, withoutToken: WithoutToken) => Promise<Entry>;

export interface EnterOptions {
  readonly core: Core;
  readonly admit: Admit;
  readonly refuse: Refuse;
  readonly rules: CredentialRules;
  readonly recipientHeader: string;
  readonly publicUrl: ClientUrlOf;
}

export function createEnter({ core, admit, refuse, rules, recipientHeader, publicUrl }: EnterOptions): Enter {
  const { queryParameter } = rules;

  /** The last of all questions, since it consumes. */
  async function pay({ auth, payer }: AcceptedCredential, slug: string, data: unknown): Promise<RequestAuth> {
    if (payer === null) throw new CountersignError('insufficient_scope');
    const { actor, presented } = payer;
    const context = core.context(actor, presented);
    const receipts = await core.scopedToken.pay(context, presented.accepted, { slug, data });
    return { ...auth, receipts };
  }

  return async (request, route, withoutToken) => {
    let credential: RouteCredential = { kind: 'none' };
    const refused = (cause: unknown) =>
      ({ kind: 'refused', answer: refuse(cause, route, credential) }) as const;

    try {
      const presentation = presentationOf(request, queryParameter, publicUrl);
      credential = routeCredential(request, presentation, rules);
      if (isNoRequest(request))
        return refused(refuseInput('has a method, or a user in its URL, that no route takes'));
      // Nobody has authorized what a stranger asks for, so a route that is paid for is open to none.
      const isStranger = credential.kind === 'none' || credential.kind === 'foreign';
      if (withoutToken === 'pass' && isStranger && !route.isPaid) {
        const withheld = { recipientHeader, token: false, queryParameter };
        return {
          kind: 'entered',
          request: downstreamOf(request, withheld, null),
          auth: null,
          inQuery: false,
          pay: async () => refused(new CountersignError('unauthenticated')),
        };
      }
      const accepted = await admit(credential, presentation, route);
      const { auth } = accepted;
      const unpaid = (cause: unknown) => {
        if (cause instanceof CountersignError)
          accepted.reject(cause.reason, route.method, route.path ?? undefined);
        return refused(cause);
      };
      return {
        kind: 'entered',
        request: downstreamOf(request, { recipientHeader, token: true, queryParameter }, auth.recipient),
        auth,
        inQuery: credential.kind === 'scoped' && credential.inQuery,
        pay: (slug, data) =>
          pay(accepted, slug, data).then((paid) => ({ kind: 'paid', auth: paid }) as const, unpaid),
      };
    } catch (cause) {
      return refused(cause);
    }
  };
}
