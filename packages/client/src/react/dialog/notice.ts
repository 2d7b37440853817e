import { isCountersignError } from '../../error.ts';
import type { DialogMessages } from './messages.ts';

/** One sentence beside the proof: what came of the last thing that was done. */
export interface Notice {
  readonly tone: 'error' | 'information';
  say(messages: DialogMessages): string;
}

export const information = (say: Notice['say']): Notice => ({ tone: 'information', say });
export const mistake = (say: Notice['say']): Notice => ({ tone: 'error', say });

/** What a refusal means for the person. `skew` is how far the server's clock is ahead of this one's. */
export function noticeOf(error: unknown, skew: number): Notice {
  if (isCountersignError(error, 'rate_limited'))
    return mistake((messages) => messages.askedTooOften(atHere(error.details?.retryAt, skew)));
  if (isCountersignError(error, 'subject_locked') || isCountersignError(error, 'factor_locked'))
    return mistake((messages) => messages.locked(atHere(error.details?.retryAt, skew)));
  if (isCountersignError(error, 'invalid_input')) return mistake((messages) => messages.malformed);
  if (isCountersignError(error, 'delivery_failed')) return mistake((messages) => messages.notDelivered);
  if (isCountersignError(error, 'method_unavailable')) return mistake((messages) => messages.wayGone);
  return mistake((messages) => messages.failed);
}

/** A moment of the server's, as a clock on the person's wall shows it. */
function atHere(moment: Date | undefined, skew: number): Date | null {
  return moment ? new Date(moment.getTime() - skew) : null;
}
