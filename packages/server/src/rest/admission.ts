import { CountersignError, type Core } from '@countersign/core';
import type { Identify, Presentation } from '../caller/identify.ts';
import { severalCredentials } from '../caller/several-credentials.ts';
import type { CredentialGate } from '../caller/credential-gate.ts';
import { acceptedScopedToken, type AcceptedCredential } from './accepted.ts';
import type { RouteCredential } from './credential.ts';
import type { DjangoReader } from './django-tokens.ts';
import { isReading, type Route } from './route.ts';

export interface AdmissionOptions {
  readonly core: Core;
  readonly identify: Identify;
  readonly credentials: CredentialGate;
  readonly django: DjangoReader | null;
}

/** Whether a credential opens a route; paying for it, and the route itself, come after. */
export type Admit = (
  credential: RouteCredential,
  presentation: Presentation,
  route: Route,
) => Promise<AcceptedCredential>;

/**
 * Asks in the order of the format: who it is and whether that may be said now, then whether this route is open to it,
 * and last whether the route is one that it pays for. Nothing is consumed here.
 */
export function createAdmission({ core, identify, credentials, django }: AdmissionOptions): Admit {
  async function accept(
    credential: RouteCredential,
    presentation: Presentation,
  ): Promise<AcceptedCredential | null> {
    switch (credential.kind) {
      case 'several':
        throw severalCredentials();
      case 'none':
      case 'foreign':
        return null;
      case 'misplaced':
        core.scopedToken.reject(null, { reason: 'wrong_carrier' });
        return null;
      case 'django':
        return django === null ? null : await django.read(credential.text);
      case 'scoped': {
        const caller = await identify(presentation);
        if (caller.kind !== 'bearer') return null;
        const { actor, presented } = caller;
        // What was known when it was identified is not asked any more: it may have changed since.
        const accepted = await credentials.assertAlive(presented);
        return acceptedScopedToken(core, { actor, presented: { ...presented, accepted } });
      }
    }
  }

  return async (credential, presentation, route) => {
    const accepted = await accept(credential, presentation);
    if (accepted === null) throw new CountersignError('unauthenticated');
    const { method, path, isPaid } = route;
    if (accepted.onlyReading && !isReading(method)) throw new CountersignError('unavailable_dependency');
    if (path === null || !accepted.allows(method, path)) return refuse(accepted, 'out_of_scope', route);
    // What was authorized once opens one route, that does it; without that it opens any other.
    if ((accepted.payer !== null) !== isPaid)
      return refuse(accepted, isPaid ? 'nothing_to_pay_with' : 'not_payable', route);
    return accepted;
  };
}

function refuse(accepted: AcceptedCredential, reason: string, { method, path }: Route): never {
  accepted.reject(reason, method, path ?? undefined);
  throw new CountersignError('insufficient_scope');
}
