/** Who calls. */
export type Party =
  | { readonly kind: 'service' }
  | { readonly kind: 'operator' }
  | { readonly kind: 'subject'; readonly subject: string; readonly session: string | null }
  | { readonly kind: 'device'; readonly subject: string };

/**
 * A call with everything decided: the same for the model and for core, and the same when it is made again.
 * Requests have names (`r1`) that both sides keep for what they call it. Seconds are seconds, times
 * milliseconds.
 */
export type Call = { readonly as: Party; readonly key: string | null } & (
  | CreateCall
  | ChallengeCall
  | ProofCall
  | ConsumeCall
  | { readonly do: 'grant without proof' | 'cancel'; readonly request: string }
  | { readonly do: 'deny'; readonly request: string; readonly reason: 'declined' | 'not_me' | null }
);

/** What is sent, and whether the carrier takes it. No part of the input. */
interface Sending {
  readonly code: string;
  readonly carrierWorks: boolean;
}

export interface CreateCall extends Sending {
  readonly do: 'create';
  /** The name it gets. */
  readonly request: string;
  readonly subject: string;
  readonly session: string | null;
  readonly slug: string;
  readonly data: unknown;
  readonly methods: readonly string[];
  readonly answerWithin: number | null;
  readonly executeWithin: number | null;
  readonly address: string;
}

export interface ChallengeCall extends Sending {
  readonly do: 'challenge' | 'reset';
  readonly request: string;
  readonly method: string | null;
  /** For reset only. */
  readonly answerWithin: number | null;
}

export interface ProofCall {
  readonly do: 'check' | 'grant';
  readonly request: string;
  readonly method: string;
  /** Text that looks like a code, or anything that does not. */
  readonly code: unknown;
}

export interface ConsumeCall {
  readonly do: 'consume';
  readonly request: string;
  readonly slug: string;
  readonly subject: string;
  readonly session: string | null;
  readonly data: unknown;
  /** In a transaction of the host that ends so; `none`: in one of core's own. */
  readonly transaction: 'none' | 'committed' | 'rolled back';
}

/** A request as anyone may see it, times in milliseconds. */
export interface Sight {
  readonly request: string;
  readonly state: string;
  readonly reason: string | null;
  readonly attemptsLeft: number;
  readonly expiresAt: number;
  readonly decidedAt: number | null;
  readonly grantedAt: number | null;
  readonly executeBefore: number | null;
  readonly consumedAt: number | null;
  readonly binding: string | null;
  readonly challenge: ChallengeSight | null;
}

export interface ChallengeSight {
  readonly method: string;
  readonly expiresAt: number;
  readonly resendAfter: number | null;
}

/** What core answered. */
export type Answer =
  | { readonly value: Readonly<Record<string, unknown>> }
  | {
      readonly refused: string;
      readonly details: Readonly<Record<string, unknown>>;
      readonly retryAt: number | null;
    };

/** What the specification says core answers; of a limit, any time at which one that refused passes. */
export type Predicted =
  | { readonly value: Readonly<Record<string, unknown>> }
  | {
      readonly refused: string;
      readonly details: Readonly<Record<string, unknown>>;
      readonly retryAt: readonly number[];
    };

export function refused(
  reason: string,
  details: Readonly<Record<string, unknown>> = {},
  retryAt: readonly number[] = [],
): Predicted {
  return { refused: reason, details, retryAt };
}
