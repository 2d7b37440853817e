import type { Limits } from '../../src/limits.ts';

/** The defaults as the threat model's table has them, typed in again: what the code says is not copied. */
export const specifiedLimits: Limits = {
  wrongProofsPerDayMax: 20,
  consecutiveWrongMax: 50,
  consecutiveWrongFree: 5,
  waitSeconds: 30,
  waitSecondsMax: 3600,
  waitingPerSubjectMax: 10,
  confirmationsPerSubjectMax: 100,
  sendsPerSubjectDayMax: 30,
  sendsPerRecipient10MinutesMax: 10,
  sendsPerRecipientDayMax: 30,
  challengesPerRequestMax: 20,
  promptsWaitingMax: 5,
  promptsPerHourMax: 5,
  mutedSeconds: 1200,
  resendsPerRequestMax: 3,
  resendCoolDownSeconds: 60,
  afterDenySeconds: 60,
  checkedSeconds: 60,
  challengeSecondsMax: 600,
  sendSecondsMax: 5,
  attemptSecondsMax: 30,
};

/** So tight that a short life meets every one of them. */
export const tightLimits: Partial<Limits> = {
  wrongProofsPerDayMax: 5,
  consecutiveWrongMax: 4,
  consecutiveWrongFree: 2,
  waitSeconds: 5,
  waitSecondsMax: 15,
  waitingPerSubjectMax: 4,
  sendsPerSubjectDayMax: 14,
  sendsPerRecipient10MinutesMax: 5,
  sendsPerRecipientDayMax: 12,
};
