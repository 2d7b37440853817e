import type { Randomness } from '../ports.ts';
import { nextTry } from './schedule.ts';
import type { WebhookOutcome } from './transport.ts';

/** What becomes of a delivery after a try. */
export type Judgement =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly at: Date }
  /** Not tried again. `gone`: the endpoint wants nothing any more. */
  | { readonly kind: 'failed'; readonly isGone: boolean }
  /** The process stopped before it was over: as if this try had not been. */
  | { readonly kind: 'given_back' };

/** Only 2xx is success. A redirect is a failure like any other: where it leads has been given to us by nobody. */
export function judge(
  randomness: Randomness,
  outcome: WebhookOutcome,
  { tries, now }: { readonly tries: number; readonly now: Date },
): Judgement {
  if (outcome.kind === 'failed' && outcome.reason === 'aborted') return { kind: 'given_back' };
  if (isSuccess(outcome)) return { kind: 'delivered' };
  if (outcome.kind === 'answered' && outcome.status === 410) return { kind: 'failed', isGone: true };
  const at = nextTry(randomness, {
    tries,
    now,
    retryAfterSeconds: askedWait(outcome),
  });
  return at === null ? { kind: 'failed', isGone: false } : { kind: 'retry', at };
}

export function isSuccess(outcome: WebhookOutcome): boolean {
  return outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
}

/** Too many requests, or unavailable: there a wait is what the status is about. */
function askedWait(outcome: WebhookOutcome): number | null {
  if (outcome.kind !== 'answered' || (outcome.status !== 429 && outcome.status !== 503)) return null;
  const { retryAfterSeconds } = outcome;
  return retryAfterSeconds !== null && Number.isFinite(retryAfterSeconds) ? retryAfterSeconds : null;
}
