import type { Sight } from './call.ts';
import type { RequestModel } from './request-model.ts';

/** A request with all that is not its life: whose it is, what it asks, where its messages go. */
export interface RequestInWorld {
  readonly name: string;
  readonly subject: string;
  readonly session: string | null;
  readonly slug: string;
  /** Its data as one text. */
  readonly data: string;
  readonly methods: readonly string[];
  readonly address: string;
  readonly life: RequestModel;
  resendAfter: number | null;
}

/** How the request looks at a moment, to anyone who may see it. */
export function sightOf({ name, life, resendAfter }: RequestInWorld, now: number): Sight {
  const state = life.stateAt(now);
  const granted = state === 'granted';
  const newest = life.codes.at(-1);
  const open = newest && state === 'waiting' && newest.era === life.resets && now < newest.until;
  return {
    request: name,
    state,
    reason: life.decision?.reason ?? null,
    attemptsLeft: life.attemptsLeft,
    expiresAt: life.expiresAt,
    decidedAt: state === 'expired' ? life.expiresAt : (life.decision?.at ?? null),
    grantedAt: granted ? (life.decision?.at ?? null) : null,
    executeBefore: life.executeBefore,
    consumedAt: life.consumedAt,
    binding: granted ? 'server' : null,
    challenge: open
      ? {
          method: newest.method,
          expiresAt: newest.until,
          resendAfter: life.sendsLeft > 0 ? resendAfter : null,
        }
      : null,
  };
}
