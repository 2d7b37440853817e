import { statement } from '../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../event/append.ts';
import { advanceSubject, subjectEvent } from '../../event/subject.ts';

interface Unlocked {
  readonly subject_id: string;
}

/** Everything: the day's wrong proofs, the streaks of all factors, and what a report has muted. */
export const unlockSubject = statement<EventParameters & { readonly subjectId: string }, Unlocked>(
  'subject_unlock',
  /* sql */ `
WITH unlocked AS (
  UPDATE countersign.subject_security s SET charged_at = '{}', streaks = '{}', locked_until = NULL, prompted_at = '{}', muted_until = NULL,
    silenced = '{}', sequence = s.sequence + 1, ${advanceSubject}
  WHERE s.subject_id = :subjectId::text AND (s.charged_at, s.streaks, s.prompted_at, s.muted_until, s.silenced)
    IS DISTINCT FROM ('{}'::timestamptz[], '{}'::jsonb, '{}'::timestamptz[], NULL::timestamptz, '{}'::jsonb)
  RETURNING s.*
), logged AS (${appendEvents(
    subjectEvent({ type: 'subject.unlocked', from: 'unlocked', data: `jsonb_build_object('by', :by::text)` }),
  )}
)
SELECT subject_id FROM unlocked`,
);

/** One factor's streak. The factor is locked before the subject, as everywhere. */
export const unlockFactor = statement<
  EventParameters & { readonly subjectId: string; readonly factorId: string },
  Unlocked
>(
  'subject_unlock_factor',
  /* sql */ `
WITH factor AS (
  SELECT f.id FROM countersign.factor f WHERE f.id = :factorId::uuid AND f.subject_id = :subjectId::text FOR NO KEY UPDATE
), unlocked AS (
  UPDATE countersign.subject_security s SET streaks = s.streaks - :factorId::text
  FROM factor WHERE s.subject_id = :subjectId::text AND s.streaks ? factor.id::text
  RETURNING s.subject_id
), told AS (
  UPDATE countersign.factor f SET sequence = f.sequence + 1, event_txid = greatest(f.event_txid, pg_current_xact_id())
  FROM unlocked WHERE f.id = :factorId::uuid
  RETURNING f.*
), logged AS (${appendEvents(/* sql */ `
  SELECT (SELECT i.epoch FROM countersign.installation i), f.event_txid, gen_random_uuid(), 'factor.unlocked', :now::timestamptz, f.subject_id,
    NULL, NULL, 'factor', f.id, f.sequence, jsonb_build_object('method', f.method), :eventContext::jsonb
  FROM told AS f`)}
)
SELECT subject_id FROM unlocked`,
);

const ofMethod = `(key = :method::text OR starts_with(key, :method::text || ':'))`;

/** The streak of a method that needs no factor, and those of the addresses that it was tried with alone. */
export const unlockMethod = statement<
  EventParameters & { readonly subjectId: string; readonly method: string },
  Unlocked
>(
  'subject_unlock_method',
  /* sql */ `
WITH unlocked AS (
  UPDATE countersign.subject_security s SET sequence = s.sequence + 1, ${advanceSubject},
    streaks = s.streaks - ARRAY(SELECT key FROM jsonb_object_keys(s.streaks) AS key WHERE ${ofMethod})
  WHERE s.subject_id = :subjectId::text AND EXISTS (SELECT FROM jsonb_object_keys(s.streaks) AS key WHERE ${ofMethod})
  RETURNING s.*
), logged AS (${appendEvents(
    subjectEvent({
      type: 'factor.unlocked',
      from: 'unlocked',
      data: `jsonb_build_object('method', :method::text)`,
    }),
  )}
)
SELECT subject_id FROM unlocked`,
);
