import { isOfThisEpoch, isPruned, limit, log, mostWithin, type InvariantCheck } from './invariant-check.ts';

/** The events of factors; those of devices are about factors too. */
const eventsOfFactors = /* sql */ `(
  SELECT about_id, count(*) AS total, min(sequence) AS lowest, max(sequence) AS highest
  FROM ${log} logged WHERE about_kind IN ('factor', 'device') GROUP BY about_id
)`;

/** A key's id, a nonce, a tag and a text: what `sealed` writes, and no JSON. */
const isSealed = (column: string): string =>
  `(octet_length(${column}) > 36 AND encode(substring(${column} FROM 1 FOR 8), 'escape') ~ '^[A-Za-z0-9_-]{8}$')`;

/** What holds for what a person proves with: factors, devices, what they have proven and how often they are asked. */
export const factorChecks: readonly InvariantCheck[] = [
  {
    promise: 'I2 a proof by a factor is by one of the same subject and method, and one that may answer',
    sql: `SELECT p.request_id AS about, coalesce('by a factor of ' || f.subject_id, 'by no factor') AS wrong
      FROM countersign.proof p JOIN countersign.authorization_request r ON r.id = p.request_id LEFT JOIN countersign.factor f ON f.id = p.factor_id
      WHERE p.factor_id IS NOT NULL AND (f.id IS NULL OR f.subject_id <> p.subject_id OR f.method <> p.method
        OR f.confirmed_at IS NULL OR p.factor_id <> ALL (r.factor_ids))`,
  },
  {
    promise: 'I6 the events of a factor are numbered 1 to n without gaps, and it counts them',
    sql: `SELECT f.id AS about, coalesce(e.total, 0) || ' events from ' || coalesce(e.lowest::text, '-') || ' to '
        || coalesce(e.highest::text, '-') || ', sequence ' || f.sequence AS wrong
      FROM countersign.factor f LEFT JOIN ${eventsOfFactors} e ON e.about_id = f.id
      WHERE (e.total IS NOT NULL OR f.sequence > 1) AND (e.total, e.lowest, e.highest) IS DISTINCT FROM (f.sequence, 1, f.sequence)
        AND NOT (${isPruned} AND (e.total IS NULL OR (e.total, e.highest) = (f.sequence - e.lowest + 1, f.sequence)))`,
  },
  {
    promise: 'I6 an event belongs to its factor: the same subject, and the factor exists',
    sql: `SELECT e.about_id AS about, e.type AS wrong
      FROM ${log} e LEFT JOIN countersign.factor f ON f.id = e.about_id
      WHERE e.about_kind IN ('factor', 'device') AND (f.id IS NULL OR e.subject_id IS DISTINCT FROM f.subject_id)`,
  },
  {
    promise: 'I7 a factor remembers where its newest event stands in the log',
    sql: `SELECT f.id AS about, 'stands at ' || f.event_txid::text AS wrong FROM countersign.factor f
      JOIN LATERAL (SELECT e.txid FROM ${log} e WHERE e.about_id = f.id ORDER BY e.sequence DESC LIMIT 1) newest
        ON newest.txid <> f.event_txid AND ${isOfThisEpoch('f')}`,
  },
  {
    promise: 'I11 a factor has proven once with each mark',
    sql: `SELECT factor_id AS about, count(*) || ' times with one mark' AS wrong FROM countersign.factor_mark
      GROUP BY factor_id, mark HAVING count(*) > 1
      UNION ALL
      SELECT m.factor_id, 'a mark of no factor' FROM countersign.factor_mark m
      WHERE NOT EXISTS (SELECT FROM countersign.factor f WHERE f.id = m.factor_id)`,
  },
  {
    // Without a time only what was still open when its factor was removed.
    promise: 'I13 no grant can be executed whose factor was removed or switched off',
    sql: `SELECT r.id AS about, 'execute before ' || r.execute_before::text AS wrong
      FROM countersign.authorization_request r JOIN countersign.proof p ON p.request_id = r.id JOIN countersign.factor f ON f.id = p.factor_id
      WHERE r.state = 'granted' AND r.consumed_at IS NULL AND (r.execute_before > f.removed_at
        OR ((f.removed_at IS NOT NULL OR NOT f.is_active) AND r.execute_before > $2::timestamptz))`,
  },
  {
    promise: 'I18 what is stored of factors and methods is sealed, and identities are digests',
    sql: `SELECT id AS about, 'a column that is not sealed' AS wrong FROM countersign.factor
      WHERE NOT ${isSealed('config')} OR NOT ${isSealed('pending')}
      UNION ALL
      SELECT id, 'an identity that is no digest' FROM countersign.factor
      WHERE octet_length(identity) <> 32 OR octet_length(pending_identity) <> 32
      UNION ALL
      SELECT id, 'a configuration that is not sealed' FROM countersign.method_configuration WHERE NOT ${isSealed('config')}`,
  },
  {
    promise: 'a factor proves once it was confirmed, and with what was confirmed',
    sql: `SELECT id AS about, status || ', confirmed at ' || coalesce(confirmed_at::text, 'no time') AS wrong FROM countersign.factor
      WHERE (status = 'confirmed') <> (confirmed_at IS NOT NULL) OR (config IS NOT NULL) <> (status = 'confirmed' AND removed_at IS NULL)
        OR (removed_at IS NOT NULL AND pending IS NOT NULL) OR (status <> 'confirmed' AND identity IS NOT NULL)`,
  },
  {
    promise: 'nothing waits that was authorized by a factor which is not in force any more',
    sql: `SELECT w.id AS about, 'authorized by ' || a.id AS wrong FROM countersign.factor w
      JOIN countersign.factor a ON a.id = w.authorized_by WHERE w.removed_at IS NULL AND (a.removed_at IS NOT NULL OR NOT a.is_active)`,
  },
  {
    promise: 'what must not exist twice is in force once',
    sql: `SELECT string_agg(id::text, ', ') AS about, count(*) || ' factors with one identity' AS wrong
      FROM countersign.factor WHERE removed_at IS NULL AND identity IS NOT NULL GROUP BY identity HAVING count(*) > 1`,
  },
  {
    promise: 'a subject has one default factor at most, which is in force, and one primary device at most',
    sql: `SELECT subject_id AS about, count(*) || ' defaults' AS wrong FROM countersign.factor
      WHERE is_default AND removed_at IS NULL GROUP BY subject_id HAVING count(*) > 1
      UNION ALL
      SELECT id::text, 'the default, and not in force' FROM countersign.factor
      WHERE is_default AND NOT (status = 'confirmed' AND is_active AND removed_at IS NULL)
      UNION ALL
      SELECT subject_id, count(*) || ' primary devices' FROM countersign.factor
      WHERE (device->>'isPrimary')::boolean AND removed_at IS NULL GROUP BY subject_id HAVING count(*) > 1`,
  },
  {
    promise: 'nobody is prompted more often than the limits allow, nor twice at once for one operation',
    sql: `SELECT subject_id AS about, cardinality(prompted_at) || ' prompts' AS wrong FROM countersign.subject_security
      WHERE ${mostWithin('prompted_at', '1 hour')} > ${limit('promptsPerHourMax')}
      UNION ALL
      SELECT subject_id, (SELECT count(*) FROM jsonb_object_keys(prompts)) || ' prompts that wait' FROM countersign.subject_security
      WHERE (SELECT count(*) FROM jsonb_object_keys(prompts)) > ${limit('promptsWaitingMax')}
      UNION ALL
      SELECT s.subject_id, 'two prompts for ' || (p.value->>'slug') FROM countersign.subject_security s, jsonb_each(s.prompts) AS p
      GROUP BY s.subject_id, p.value->>'slug' HAVING count(*) > 1`,
  },
];
