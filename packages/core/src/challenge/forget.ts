import { statement } from '../database/statement.ts';
import { forgetBatchSizeMax } from '../limits.ts';

interface ForgetParameters {
  readonly before: Date;
  /** In `[0, 1)`: which part of the table is looked through. */
  readonly chance: number;
}

/** Half a megabyte: some thousand rows. */
const blocks = 64;

/**
 * A part of a table as it lies on disk. Nothing says by an index which counters are over: every proof changes its row in
 * place, and an index on what it changes would double what that costs. So a run looks through one part, whichever the
 * chance says, and each comes up sooner or later; no place has to be remembered.
 */
const partOf = (table: string) => /* sql */ `
  SELECT ${blocks} * floor(:chance::float8 * ceil(
    pg_relation_size('countersign.${table}') / current_setting('block_size')::float8 / ${blocks}))::bigint AS first`;

const inPart = `s.ctid >= (SELECT format('(%s,0)', first)::tid FROM part)
    AND s.ctid < (SELECT format('(%s,0)', first + ${blocks})::tid FROM part)`;

/** The longest that a moment counts is a day. */
const over = `:before::timestamptz - interval '1 day'`;

/**
 * Counters that hold nothing any more: as they are, they say what having none says. What has no end stays, and its row
 * with it: a streak of wrong proofs, which only a right one or an operator ends; the number of the subject's events; its
 * security epoch. And as long as there is a request of the subject, so that its proofs find what they are charged to.
 *
 * Whoever charges it meanwhile has the row, and it is left; or waits, finds none, and begins anew.
 */
export const forgetSubjects = statement<ForgetParameters, { count: number }>(
  'forget_subjects',
  /* sql */ `
WITH part AS (${partOf('subject_security')}
), due AS (
  SELECT s.subject_id FROM countersign.subject_security s
  WHERE ${inPart}
    AND s.security_epoch = 0 AND s.sequence = 0 AND s.streaks = '{}'
    AND s.locked_until IS NULL AND s.muted_until IS NULL AND s.silenced = '{}'
    AND ${over} >= ALL (s.charged_at) AND ${over} >= ALL (s.sent_at) AND ${over} >= ALL (s.prompted_at)
    AND ${over} >= ALL (s.waiting_until) AND ${over} >= ALL (s.confirming_until)
    AND NOT EXISTS (SELECT FROM jsonb_each(s.prompts) AS p
      WHERE to_timestamp((p.value->>'until')::bigint / 1000.0) > ${over})
    AND NOT EXISTS (SELECT FROM countersign.authorization_request r WHERE r.subject_id = s.subject_id)
  LIMIT ${forgetBatchSizeMax} FOR UPDATE OF s SKIP LOCKED
), forgotten AS (
  DELETE FROM countersign.subject_security s WHERE s.subject_id = ANY (ARRAY(SELECT subject_id FROM due)) RETURNING s.subject_id
)
SELECT count(*)::int AS count FROM forgotten`,
);

/** The same of the messages to a recipient. */
export const forgetRecipients = statement<ForgetParameters, { count: number }>(
  'forget_recipients',
  /* sql */ `
WITH part AS (${partOf('recipient_security')}
), due AS (
  SELECT s.recipient FROM countersign.recipient_security s
  WHERE ${inPart} AND ${over} >= ALL (s.sent_at)
  LIMIT ${forgetBatchSizeMax} FOR UPDATE SKIP LOCKED
), forgotten AS (
  DELETE FROM countersign.recipient_security s WHERE s.recipient = ANY (ARRAY(SELECT recipient FROM due)) RETURNING s.recipient
)
SELECT count(*)::int AS count FROM forgotten`,
);
