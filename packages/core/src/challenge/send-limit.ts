import { dayAgo, roomIn, since } from '../database/sql.ts';
import { CountersignError } from '../error.ts';
import type { Limits } from '../limits.ts';

/**
 * How many messages go out: per subject and day, and per recipient, whoever asks. A limit that is reached
 * ends the whole statement by `countersign.refuse`, so what it charged before is given back with it.
 */
export interface SendParameters {
  readonly now: Date;
  readonly sends: boolean;
  /** Keyed digest of the normalised address; null when nothing is sent. */
  readonly recipient: Uint8Array | null;
  readonly sendsPerDayMax: number;
  readonly recipientPerDayMax: number;
  readonly recipientPerTenMinutesMax: number;
}

export function sendParametersOf(limits: Limits, now: Date, recipient: Uint8Array | null): SendParameters {
  return {
    now,
    sends: recipient !== null,
    recipient,
    sendsPerDayMax: limits.sendsPerSubjectDayMax,
    recipientPerDayMax: limits.sendsPerRecipientDayMax,
    recipientPerTenMinutesMax: limits.sendsPerRecipient10MinutesMax,
  };
}

const tenMinutesAgo = `(:now::timestamptz - interval '10 minutes')`;

/** The messages of the subject `s` with this one. */
export const withSubjectSend = `${roomIn('s.sent_at', ':sendsPerDayMax::int', dayAgo)} || :now::timestamptz`;

/** For `RETURNING` of a write to `subject_security AS s`: ends the statement when a day's messages are out. */
export const refuseSubjectSends = /* sql */ `
  WHEN :sends::boolean AND cardinality(s.sent_at) > :sendsPerDayMax::int
  THEN countersign.refuse('sends_per_subject', s.sent_at[cardinality(s.sent_at) - :sendsPerDayMax::int] + interval '24 hours')`;

/** Charges the recipient for every row of `subject` (one or none). */
export const chargeRecipient = /* sql */ `
  INSERT INTO countersign.recipient_security AS r (recipient, sent_at)
  SELECT :recipient::bytea, ARRAY[:now::timestamptz] FROM subject WHERE subject.within AND :sends::boolean
  ON CONFLICT (recipient) DO UPDATE SET sent_at = ${roomIn('r.sent_at', ':recipientPerDayMax::int', dayAgo)} || :now::timestamptz
  RETURNING CASE
    WHEN cardinality(r.sent_at) <= least(:recipientPerDayMax::int, :recipientPerTenMinutesMax::int) THEN true
    WHEN cardinality(r.sent_at) > :recipientPerDayMax::int
      THEN countersign.refuse('sends_per_recipient', r.sent_at[cardinality(r.sent_at) - :recipientPerDayMax::int] + interval '24 hours')
    WHEN cardinality(${since('r.sent_at', tenMinutesAgo)}) > :recipientPerTenMinutesMax::int
      THEN countersign.refuse('sends_per_recipient',
        (${since('r.sent_at', tenMinutesAgo)})[1] + interval '10 minutes')
    ELSE true END AS within`;

const refusedByStatement = 'CS001';

/** Turns what `countersign.refuse` raised into the contract's refusal; anything else is passed on as it is. */
export function refusalOf(error: unknown): unknown {
  const { code, detail } = error as { code?: unknown; detail?: unknown };
  if (code !== refusedByStatement) return error;
  return new CountersignError('rate_limited', {
    cause: error,
    ...(typeof detail === 'string' && detail !== '' ? { details: { retryAt: new Date(detail) } } : {}),
  });
}
