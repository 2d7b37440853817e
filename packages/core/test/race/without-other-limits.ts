import { defaultLimits, type Limits } from '../../src/index.ts';

/** One limit as it is by default and none of its neighbours, so that it alone is seen at work. */
export function withoutOtherLimits(kept: keyof Limits): Partial<Limits> {
  const none = {
    wrongProofsPerDayMax: 100_000,
    consecutiveWrongMax: 100_000,
    consecutiveWrongFree: 100_000,
    waitingPerSubjectMax: 100_000,
    sendsPerSubjectDayMax: 100_000,
    sendsPerRecipient10MinutesMax: 100_000,
    sendsPerRecipientDayMax: 100_000,
  } as const satisfies Partial<Limits>;
  return { ...none, [kept]: defaultLimits[kept] };
}
