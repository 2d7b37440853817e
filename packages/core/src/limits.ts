/**
 * Every default of Countersign, with its unit in its name (OWASP ASVS 5.0 §§6–7, NIST SP 800-63B-4). A host may
 * tighten them, and loosen them as far as {@link limitBounds} lets it; what that costs is in docs/threat-model.md,
 * "The odds of guessing".
 */
export interface Limits {
  /** Wrong proofs of one subject in any 24 hours, over every request, method, factor and session. */
  readonly wrongProofsPerDayMax: number;
  /** Consecutive wrong proofs of one factor, after which it stays locked. */
  readonly consecutiveWrongMax: number;
  /** From this many consecutive wrong proofs on, each one is followed by a wait. */
  readonly consecutiveWrongFree: number;
  /** The first wait; it doubles with every further wrong proof. */
  readonly waitSeconds: number;
  readonly waitSecondsMax: number;
  /** Requests of one subject that wait for an answer at the same time. */
  readonly waitingPerSubjectMax: number;
  /** Confirmations of one subject, or of one mailbox where there is none, that have not expired, used or not. */
  readonly confirmationsPerSubjectMax: number;
  /** Messages sent for one subject in any 24 hours. */
  readonly sendsPerSubjectDayMax: number;
  readonly sendsPerRecipient10MinutesMax: number;
  readonly sendsPerRecipientDayMax: number;
  /** Challenges of one request, of any kind, over its whole life. */
  readonly challengesPerRequestMax: number;
  /** Prompts on devices that wait at the same time, of one subject; one of each operation. */
  readonly promptsWaitingMax: number;
  /** Prompts on devices of one subject in an hour, since one was answered rightly. */
  readonly promptsPerHourMax: number;
  /** After a person said with a signature "this was not me": no prompts, and the session that asked starts nothing. */
  readonly mutedSeconds: number;
  /** Further messages for one request, after the first. */
  readonly resendsPerRequestMax: number;
  readonly resendCoolDownSeconds: number;
  /** After a deny the same operation and data waits this long. */
  readonly afterDenySeconds: number;
  /** How long a right `check` lets the service grant without the proof. */
  readonly checkedSeconds: number;
  readonly challengeSecondsMax: number;
  readonly sendSecondsMax: number;
  /** An attempt unsettled for longer than this was cut off by a crash. */
  readonly attemptSecondsMax: number;
}

export const defaultLimits: Limits = Object.freeze({
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
});

/**
 * How far a host may loosen what its people's safety hangs on. 33 wrong proofs a day keep the odds of guessing a
 * six-digit code below 1e-4 a day; a minute for a grant by an earlier check is the contract's.
 */
export const limitBounds: Partial<Limits> = Object.freeze({
  wrongProofsPerDayMax: 33,
  consecutiveWrongMax: 100,
  challengeSecondsMax: 600,
  checkedSeconds: 60,
  sendSecondsMax: 5,
});

export const requestDefaults = Object.freeze({
  expiresInSeconds: 300,
  expiresInSecondsMax: 3600,
  executeWithinSeconds: 300,
  executeWithinSecondsMax: 86_400,
  attemptsMax: 5,
});

export const confirmationDefaults = Object.freeze({
  expiresInSeconds: 600,
  expiresInSecondsMax: 1800,
  attemptsMax: 5,
});

/**
 * Rows of a kind that the retention deletes in one transaction. It stands as a number in its statements, and the ids as an
 * array: of a parameter, or of a join, PostgreSQL expects so much that it reads the whole table.
 */
export const forgetBatchSizeMax = 500;
