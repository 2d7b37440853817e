import type { AuthorizationRequestView, Receipt } from '../../src/authorization-request/schema.ts';
import type { ChallengeView } from '../../src/challenge/schema.ts';
import type { ChallengeSight, Sight } from './call.ts';

/** A well-formed id of nothing. */
const nothing = 'areq_00000000000000000000000000';

/** The model's names of requests and core's ids. */
export class Names {
  readonly #ids = new Map<string, string>();
  readonly #names = new Map<string, string>();

  has(name: string): boolean {
    return this.#ids.has(name);
  }

  idOf(name: string): string {
    return this.#ids.get(name) ?? nothing;
  }

  nameOf(id: string): string {
    return this.#names.get(id) ?? `unknown ${id}`;
  }

  /** An id that was seen before keeps the name it has: a call that was repeated made nothing new. */
  name(name: string, id: string): void {
    if (this.#names.has(id)) return;
    this.#names.set(id, name);
    this.#ids.set(name, id);
  }
}

export function sightOfView(view: AuthorizationRequestView, names: Names): Sight {
  return {
    request: names.nameOf(view.id),
    state: view.state,
    reason: view.reason,
    attemptsLeft: view.attemptsLeft,
    expiresAt: view.expiresAt.getTime(),
    decidedAt: view.decidedAt?.getTime() ?? null,
    grantedAt: view.grantedAt?.getTime() ?? null,
    executeBefore: view.executeBefore?.getTime() ?? null,
    consumedAt: view.consumedAt?.getTime() ?? null,
    binding: view.binding,
    challenge: view.challenge && challengeSight(view.challenge),
  };
}

export function challengeSight({ method, expiresAt, resendAfter }: ChallengeView): ChallengeSight {
  return { method, expiresAt: expiresAt.getTime(), resendAfter: resendAfter?.getTime() ?? null };
}

export function receiptSight({ receipt }: { readonly receipt: Receipt }, names: Names) {
  return {
    receipt: {
      request: names.nameOf(receipt.authorizationRequestId),
      slug: receipt.slug,
      subject: receipt.subjectId,
      session: receipt.sessionId,
      grantedAt: receipt.grantedAt.getTime(),
      consumedAt: receipt.consumedAt.getTime(),
    },
  };
}
