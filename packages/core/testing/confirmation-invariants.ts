import { confirmationDefaults } from '../src/limits.ts';
import { isOfThisEpoch, log, type InvariantCheck } from './invariant-check.ts';

/** Each confirmation with how many events of each kind it has. */
const counted = /* sql */ `(
  SELECT r.*, coalesce(e.requested, 0) AS requested, coalesce(e.failed, 0) AS failed, coalesce(e.confirmed, 0) AS confirmed,
    coalesce(e.used, 0) AS used, coalesce(e.expired, 0) AS expired, coalesce(e.total, 0) AS total, e.lowest, e.highest
  FROM countersign.confirmation r LEFT JOIN (
    SELECT about_id,
      count(*) FILTER (WHERE type = 'confirmation.requested') AS requested,
      count(*) FILTER (WHERE type = 'confirmation.failed') AS failed,
      count(*) FILTER (WHERE type = 'confirmation.confirmed') AS confirmed,
      count(*) FILTER (WHERE type = 'confirmation.used') AS used,
      count(*) FILTER (WHERE type = 'confirmation.expired') AS expired,
      count(*) AS total, min(sequence) AS lowest, max(sequence) AS highest
    FROM ${log} logged WHERE about_kind = 'confirmation' GROUP BY about_id
  ) e ON e.about_id = r.id
)`;

/** What holds for confirmations, those of hosts and those of enrolments alike. */
export const confirmationChecks: readonly InvariantCheck[] = [
  {
    promise: 'I4 attempts of a confirmation stay between zero and their maximum',
    sql: `SELECT id AS about, attempts_left || ' left and ' || attempts_open || ' open of ' || attempts_max AS wrong
      FROM countersign.confirmation
      WHERE attempts_left < 0 OR attempts_open < 0 OR attempts_left + attempts_open > attempts_max OR attempts_max NOT BETWEEN 1 AND 5`,
  },
  {
    promise: 'I4 every wrong answer and every open attempt of a confirmation has cost an attempt of its own',
    sql: `SELECT id AS about, failed || ' wrong and ' || attempts_open || ' open, but ' || attempts_max - attempts_left || ' spent' AS wrong
      FROM ${counted} r WHERE failed + attempts_open > attempts_max - attempts_left`,
  },
  {
    promise: 'I6 the events of a confirmation are numbered 1 to n without gaps, and it counts them',
    sql: `SELECT id AS about, total || ' events from ' || coalesce(lowest::text, '-') || ' to ' || coalesce(highest::text, '-')
        || ', sequence ' || sequence AS wrong
      FROM ${counted} r WHERE total <> sequence OR lowest <> 1 OR highest <> sequence`,
  },
  {
    promise: 'I6 a confirmation is requested once, first, and its row says what its events say',
    sql: `SELECT id AS about, concat_ws(', ', state, requested || ' requested', confirmed || ' confirmed', used || ' used', expired || ' expired') AS wrong
      FROM ${counted} r WHERE (requested, confirmed, used, expired)
        <> (1, (confirmed_at IS NOT NULL)::int, (used_at IS NOT NULL)::int, (state = 'expired')::int)
      UNION ALL
      SELECT about_id, 'requested is number ' || sequence FROM ${log} logged WHERE type = 'confirmation.requested' AND sequence <> 1`,
  },
  {
    promise: 'I6 an event belongs to its confirmation: the same subject, and the confirmation exists',
    sql: `SELECT e.about_id AS about, e.type AS wrong
      FROM ${log} e LEFT JOIN countersign.confirmation r ON r.id = e.about_id
      WHERE e.about_kind = 'confirmation' AND (e.subject_id IS DISTINCT FROM r.subject_id AND r.id IS NOT NULL
        OR r.id IS NULL AND e.occurred_at > (SELECT i.confirmations_forgotten_until FROM countersign.installation i))`,
  },
  {
    promise: 'I7 a confirmation remembers where its newest event stands in the log',
    sql: `SELECT r.id AS about, 'stands at ' || r.event_txid::text AS wrong FROM countersign.confirmation r
      WHERE r.event_txid IS DISTINCT FROM (SELECT e.txid FROM ${log} e WHERE e.about_id = r.id ORDER BY e.sequence DESC LIMIT 1)
        AND ${isOfThisEpoch('r')}`,
  },
  {
    promise: 'I9 what was used was confirmed, and confirmed first; it was used once',
    sql: `SELECT id AS about, state || ', used at ' || coalesce(used_at::text, 'no time') AS wrong FROM countersign.confirmation
      WHERE (state = 'used') <> (used_at IS NOT NULL) OR (used_at IS NOT NULL AND confirmed_at IS NULL)
        OR (state = 'confirmed' AND confirmed_at IS NULL) OR (state = 'open' AND confirmed_at IS NOT NULL)
      UNION ALL
      SELECT u.about_id, 'used is number ' || u.sequence FROM ${log} u
      WHERE u.type = 'confirmation.used' AND (SELECT count(*) FROM ${log} c
        WHERE c.about_id = u.about_id AND c.type = 'confirmation.confirmed' AND c.sequence < u.sequence) <> 1
        AND EXISTS (SELECT FROM ${log} f WHERE f.about_id = u.about_id AND f.sequence = 1)`,
  },
  {
    promise: 'I10 a confirmation is confirmed and used before it expires, and lives half an hour at most',
    sql: `SELECT id AS about, concat_ws(', ', 'confirmed at ' || confirmed_at::text, 'used at ' || used_at::text, 'expires at ' || expires_at::text) AS wrong
      FROM countersign.confirmation
      WHERE confirmed_at >= expires_at OR used_at >= expires_at
        OR expires_at > created_at + make_interval(secs => ${confirmationDefaults.expiresInSecondsMax})`,
  },
  {
    promise:
      'I11 a challenge is of a request, or the one of its confirmation, and outlives neither: same method, same generation',
    sql: `SELECT c.about_id AS about, 'challenge ' || c.id || ' until ' || c.expires_at::text AS wrong
      FROM countersign.challenge c LEFT JOIN countersign.confirmation r ON r.id = c.about_id
      WHERE CASE WHEN r.id IS NULL THEN NOT EXISTS (SELECT FROM countersign.authorization_request a WHERE a.id = c.about_id)
        ELSE c.id IS DISTINCT FROM r.challenge_id OR c.method <> r.method OR c.generation <> r.generation OR c.expires_at > r.expires_at END`,
  },
];
