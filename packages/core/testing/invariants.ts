import type pg from 'pg';
import { defaultLimits, type Limits } from '../src/limits.ts';
import { confirmationChecks } from './confirmation-invariants.ts';
import { factorChecks } from './factor-invariants.ts';
import { isOfThisEpoch, limit, log, mostWithin, type InvariantCheck } from './invariant-check.ts';
import { webhookChecks } from './webhook-invariants.ts';

/**
 * The invariants of the threat model, read from the tables alone: nothing here asks the code that wrote them.
 *
 * ```ts
 * expect(await findViolations(database.sql, { now: clock.now() })).toEqual([]);
 *
 * const before = await snapshotImmutable(database.sql);
 * …
 * expect(await findChanges(database.sql, before)).toEqual([]);
 * ```
 */
export interface InvariantOptions {
  /** The limits that the requests were made under; what is left out is the default. */
  readonly limits?: Partial<Limits> | undefined;
  /**
   * The time on the clock of the core that wrote the tables. Adds the checks that depend on it: failures of
   * the last day that are no longer charged, requests that wait with nothing left to wait for, events that no webhook
   * endpoint is owed.
   */
  readonly now?: Date | undefined;
  /** Only the check of this promise. */
  readonly promise?: string | undefined;
}

const finals = `('authorization_request.granted', 'authorization_request.denied', 'authorization_request.cancelled',
  'authorization_request.expired')`;

/** Each request with how many events of each kind it has, so that it is counted once for all checks. */
const counted = /* sql */ `(
  SELECT r.*, coalesce(e.created, 0) AS created, coalesce(e.granted, 0) AS granted, coalesce(e.denied, 0) AS denied,
    coalesce(e.cancelled, 0) AS cancelled, coalesce(e.expired, 0) AS expired, coalesce(e.consumed, 0) AS consumed,
    coalesce(e.challenged, 0) AS challenged, coalesce(e.resets, 0) AS resets, coalesce(e.failed, 0) AS failed,
    coalesce(e.total, 0) AS total, e.lowest, e.highest,
    (SELECT count(*) FROM countersign.challenge c WHERE c.about_id = r.id) AS challenges,
    (SELECT count(*) FROM countersign.challenge c WHERE c.about_id = r.id AND c.sent_to IS NOT NULL) AS sent
  FROM countersign.authorization_request r LEFT JOIN (
    SELECT about_id,
      count(*) FILTER (WHERE type = 'authorization_request.created') AS created,
      count(*) FILTER (WHERE type = 'authorization_request.granted') AS granted,
      count(*) FILTER (WHERE type = 'authorization_request.denied') AS denied,
      count(*) FILTER (WHERE type = 'authorization_request.cancelled') AS cancelled,
      count(*) FILTER (WHERE type = 'authorization_request.expired') AS expired,
      count(*) FILTER (WHERE type = 'authorization_request.consumed') AS consumed,
      count(*) FILTER (WHERE type = 'authorization_request.challenged') AS challenged,
      count(*) FILTER (WHERE type = 'authorization_request.reset') AS resets,
      count(*) FILTER (WHERE type = 'authorization_request.check_failed') AS failed,
      count(*) AS total, min(sequence) AS lowest, max(sequence) AS highest
    FROM ${log} logged WHERE about_kind = 'authorization_request' GROUP BY about_id
  ) e ON e.about_id = r.id
)`;

/** Wrong answers that count: of requests and confirmations of a subject, since somebody last unlocked it. */
const wrongAnswers = /* sql */ `(
  SELECT e.subject_id, e.occurred_at FROM ${log} e
  WHERE e.type IN ('authorization_request.check_failed', 'confirmation.failed') AND e.subject_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM ${log} u
      WHERE u.type = 'subject.unlocked' AND u.subject_id = e.subject_id AND (u.epoch, u.txid) > (e.epoch, e.txid))
)`;

/** Retention deletes requests that were over by a time, and writes that time down: what was later must be there. */
const isKept = (moment: string): string =>
  `${moment} > (SELECT i.requests_forgotten_until FROM countersign.installation i)`;

/** The events of requests, joined to what they are about. */
const eventsOfRequests = /* sql */ `${log} e JOIN countersign.authorization_request r ON r.id = e.about_id`;

export const invariantChecks: readonly InvariantCheck[] = [
  {
    promise: 'I1 a request has at most one final decision',
    sql: `SELECT about_id AS about, string_agg(type, ', ' ORDER BY sequence) AS wrong FROM ${log} logged
      WHERE type IN ${finals} GROUP BY about_id HAVING count(*) > 1`,
  },
  {
    promise:
      'I1 after the decision nothing is asked, reset or decided: only wrong answers and the consumption follow',
    sql: `SELECT e.about_id AS about, e.type || ' after ' || d.type AS wrong
      FROM ${log} e JOIN ${log} d ON d.about_id = e.about_id AND d.type IN ${finals} AND e.sequence > d.sequence
      WHERE e.type NOT IN ('authorization_request.check_failed', 'authorization_request.consumed') AND e.type NOT IN ${finals}`,
  },
  {
    promise: 'I2 a granted request has exactly one proof',
    sql: `SELECT r.id AS about, count(p.request_id) || ' proofs' AS wrong
      FROM countersign.authorization_request r LEFT JOIN countersign.proof p ON p.request_id = r.id
      WHERE r.state = 'granted' GROUP BY r.id HAVING count(p.request_id) <> 1`,
  },
  {
    promise: 'I2 the proof is of the same subject, data, text and binding, and as strong as was required',
    sql: `SELECT r.id AS about, concat_ws(', ', 'proof of ' || p.subject_id, p.binding) AS wrong
      FROM countersign.proof p JOIN countersign.authorization_request r ON r.id = p.request_id
      WHERE p.subject_id <> r.subject_id OR p.data_hash <> r.data_hash OR p.display_hash <> r.display_hash
        OR p.binding IS DISTINCT FROM r.binding OR p.method <> ALL (r.methods)
        OR array_position(ARRAY['none', 'server', 'cryptographic'], p.binding)
         < array_position(ARRAY['none', 'server', 'cryptographic'], r.required_binding)`,
  },
  {
    promise: 'I2 the proof was given when the request was granted, before it expired',
    sql: `SELECT r.id AS about, p.proven_at::text AS wrong
      FROM countersign.proof p JOIN countersign.authorization_request r ON r.id = p.request_id
      WHERE p.proven_at IS DISTINCT FROM r.granted_at OR p.proven_at >= r.expires_at`,
  },
  {
    promise: 'I2 the proof answered a challenge of this request that no reset had voided',
    sql: `SELECT r.id AS about, coalesce('challenge of generation ' || c.generation, 'no such challenge') AS wrong
      FROM countersign.proof p JOIN countersign.authorization_request r ON r.id = p.request_id
      LEFT JOIN countersign.challenge c ON c.id = p.challenge_id AND c.about_id = r.id
      WHERE (c.id IS NULL AND p.factor_id IS NULL) OR c.generation <> r.generation - 1 OR c.method <> p.method`,
  },
  {
    promise: 'I3 no proof without the grant',
    sql: `SELECT p.request_id AS about, coalesce(r.state, 'no such request') AS wrong
      FROM countersign.proof p LEFT JOIN countersign.authorization_request r ON r.id = p.request_id
      WHERE r.state IS DISTINCT FROM 'granted'`,
  },
  {
    promise: 'I4 attempts stay between zero and their maximum',
    sql: `SELECT id AS about, attempts_left || ' left and ' || attempts_open || ' open of ' || attempts_max AS wrong
      FROM countersign.authorization_request
      WHERE attempts_left < 0 OR attempts_open < 0 OR attempts_left + attempts_open > attempts_max OR attempts_max NOT BETWEEN 1 AND 5`,
  },
  {
    promise: 'I4 every wrong answer and every open attempt has cost an attempt of its own',
    sql: `SELECT id AS about, failed || ' wrong and ' || attempts_open || ' open, but ' || attempts_max - attempts_left || ' spent' AS wrong
      FROM ${counted} r WHERE failed + attempts_open > attempts_max - attempts_left`,
  },
  {
    promise: 'I4 a request is denied as exhausted only when no attempt is left',
    sql: `SELECT id AS about, attempts_left || ' left' AS wrong FROM countersign.authorization_request
      WHERE reason = 'attempts_exhausted' AND attempts_left > 0`,
  },
  {
    promise: 'I5 no subject has more charges than a day allows',
    sql: `SELECT subject_id AS about, cardinality(charged_at) || ' charges' AS wrong FROM countersign.subject_security
      WHERE ${mostWithin('charged_at', '24 hours')} > ${limit('wrongProofsPerDayMax')}`,
  },
  {
    // A wrong answer is written a little after its charge: by the time an attempt may take at most.
    promise: 'I5 no subject is judged wrong more often than a day allows, over all its requests',
    sql: `SELECT DISTINCT subject_id AS about, count || ' wrong answers within a day' AS wrong FROM (
        SELECT subject_id, count(*) OVER (PARTITION BY subject_id ORDER BY occurred_at RANGE BETWEEN
          interval '24 hours' - make_interval(secs => ${limit('attemptSecondsMax')}) PRECEDING AND CURRENT ROW) AS count
        FROM ${wrongAnswers} e
      ) windows WHERE count > ${limit('wrongProofsPerDayMax')}`,
  },
  {
    promise: 'I5 no factor is judged wrong more often in a row than its limit',
    sql: `SELECT s.subject_id || ' ' || streak.key AS about, streak.value::text AS wrong
      FROM countersign.subject_security s, jsonb_each(s.streaks) AS streak
      WHERE (streak.value->>'count')::int NOT BETWEEN 1 AND ${limit('consecutiveWrongMax')}
        OR ((streak.value->>'until')::bigint > 0) <> ((streak.value->>'count')::int >= ${limit('consecutiveWrongFree')})`,
  },
  {
    promise: 'I6 the events of a request are numbered 1 to n without gaps, and the request counts them',
    sql: `SELECT id AS about, total || ' events from ' || coalesce(lowest::text, '-') || ' to ' || coalesce(highest::text, '-')
        || ', sequence ' || sequence AS wrong
      FROM ${counted} r WHERE total <> sequence OR lowest <> 1 OR highest <> sequence
      UNION ALL
      SELECT about_id, 'number ' || sequence || ' twice' FROM ${log} logged GROUP BY about_id, sequence HAVING count(*) > 1`,
  },
  {
    promise: 'I6 a request is created once, first',
    sql: `SELECT id AS about, created || ' created events' AS wrong FROM ${counted} r WHERE created <> 1
      UNION ALL
      SELECT about_id, 'created is number ' || sequence FROM ${log} logged
      WHERE type = 'authorization_request.created' AND sequence <> 1`,
  },
  {
    promise: 'I6 a decision has its event, and the event its decision',
    sql: `SELECT id AS about, state || concat_ws(', ', '', CASE WHEN granted > 0 THEN 'granted' END, CASE WHEN denied > 0 THEN 'denied' END,
        CASE WHEN cancelled > 0 THEN 'cancelled' END, CASE WHEN expired > 0 THEN 'expired' END) AS wrong
      FROM ${counted} r WHERE (granted, denied, cancelled, expired)
        <> ((state = 'granted')::int, (state = 'denied')::int, (state = 'cancelled')::int, (state = 'expired')::int)`,
  },
  {
    promise: 'I6 a challenge, a reset and a consumption each have one event',
    sql: `SELECT id AS about, concat_ws(', ', challenges || ' challenges', challenged || ' challenged events', resets || ' resets',
        'generation ' || generation, consumed || ' consumed events') AS wrong
      FROM ${counted} r WHERE challenged <> challenges OR generation <> 1 + resets + (state <> 'waiting')::int
        OR consumed <> (consumed_at IS NOT NULL)::int`,
  },
  {
    promise: 'I6 an event is dated by its transition and says what the row says',
    sql: `SELECT e.about_id AS about, e.type || ' at ' || e.occurred_at::text AS wrong FROM ${eventsOfRequests}
      WHERE e.occurred_at IS DISTINCT FROM CASE e.type
          WHEN 'authorization_request.created' THEN r.created_at WHEN 'authorization_request.granted' THEN r.granted_at
          WHEN 'authorization_request.consumed' THEN r.consumed_at WHEN 'authorization_request.challenged' THEN e.occurred_at
          WHEN 'authorization_request.check_failed' THEN e.occurred_at WHEN 'authorization_request.reset' THEN e.occurred_at
          ELSE r.decided_at END
        OR e.data ? 'dataHash' AND e.data->>'dataHash' IS DISTINCT FROM translate(encode(r.data_hash, 'base64'), '+/=', '-_')
        OR e.data ? 'displayHash' AND e.data->>'displayHash' IS DISTINCT FROM translate(encode(r.display_hash, 'base64'), '+/=', '-_')
        OR e.type = 'authorization_request.denied' AND e.data->>'reason' IS DISTINCT FROM r.reason
        OR e.type = 'authorization_request.granted' AND e.data->>'binding' IS DISTINCT FROM r.binding`,
  },
  {
    promise:
      'I6 an event belongs to its request: same subject, session and operation, and the request exists',
    sql: `SELECT e.about_id AS about, e.type AS wrong
      FROM ${log} e LEFT JOIN countersign.authorization_request r ON r.id = e.about_id
      WHERE e.about_kind = 'authorization_request' AND (r.id IS NULL AND ${isKept('e.occurred_at')} OR (e.subject_id, e.session_id, e.slug)
        IS DISTINCT FROM (r.subject_id, r.session_id, r.slug) AND r.id IS NOT NULL)`,
  },
  {
    promise:
      'I7 the order of the log is, for each request, the order of its own events, and it remembers the last',
    sql: `SELECT about_id AS about, type || ' (' || sequence || ') before ' || next_type || ' (' || next_sequence || ')' AS wrong FROM (
        SELECT about_id, type, sequence, lead(sequence) OVER places AS next_sequence, lead(type) OVER places AS next_type
        FROM ${log} logged WINDOW places AS (PARTITION BY about_id ORDER BY epoch, txid, sequence, id)
      ) log WHERE next_sequence < sequence
      UNION ALL
      SELECT r.id, 'stands at ' || r.event_txid::text FROM countersign.authorization_request r
      WHERE r.event_txid IS DISTINCT FROM (SELECT e.txid FROM ${log} e WHERE e.about_id = r.id ORDER BY e.sequence DESC LIMIT 1)
        AND ${isOfThisEpoch('r')}`,
  },
  {
    promise: 'I9 what was consumed was granted, and granted first',
    sql: `SELECT id AS about, state || ', consumed at ' || consumed_at::text AS wrong FROM countersign.authorization_request
      WHERE consumed_at IS NOT NULL AND (state <> 'granted' OR granted_at IS NULL)
      UNION ALL
      SELECT c.about_id, 'consumed is number ' || c.sequence FROM ${log} c
      WHERE c.type = 'authorization_request.consumed' AND NOT EXISTS (SELECT FROM ${log} g
        WHERE g.about_id = c.about_id AND g.type = 'authorization_request.granted' AND g.sequence < c.sequence)
        AND EXISTS (SELECT FROM ${log} f WHERE f.about_id = c.about_id AND f.sequence = 1)`,
  },
  {
    promise: 'I10 nothing is granted at or after its expiry',
    sql: `SELECT id AS about, 'granted at ' || granted_at::text AS wrong FROM countersign.authorization_request
      WHERE granted_at IS NOT NULL AND (state <> 'granted' OR granted_at >= expires_at
        OR granted_at IS DISTINCT FROM decided_at)`,
  },
  {
    promise: 'I10 nothing is consumed at or after executeBefore, which is never later than was asked for',
    sql: `SELECT id AS about, coalesce(consumed_at::text, 'unconsumed') || ', execute before ' || coalesce(execute_before::text, 'never') AS wrong
      FROM countersign.authorization_request
      WHERE consumed_at IS NOT NULL AND (execute_before IS NULL OR consumed_at >= execute_before)
        OR execute_before > granted_at + make_interval(secs => execute_within_seconds)
        OR execute_before IS NOT NULL AND granted_at IS NULL`,
  },
  {
    promise:
      'I10 a decision of a person is made before expiry, an expiry not before it, and nobody answers after an hour',
    sql: `SELECT id AS about, state || ' at ' || coalesce(decided_at::text, 'no time') || ', expires at ' || expires_at::text AS wrong
      FROM countersign.authorization_request
      WHERE (state = 'waiting') <> (decided_at IS NULL)
        OR state IN ('denied', 'cancelled') AND decided_at >= expires_at
        OR state = 'expired' AND decided_at < expires_at
        OR expires_at > created_at + interval '60 minutes'`,
  },
  {
    promise: 'I11 a challenge is answered by one grant at most, and a request granted by one proof',
    sql: `SELECT challenge_id AS about, count(*) || ' proofs' AS wrong FROM countersign.proof GROUP BY challenge_id HAVING count(*) > 1
      UNION ALL
      SELECT request_id, count(*) || ' proofs' FROM countersign.proof GROUP BY request_id HAVING count(*) > 1`,
  },
  {
    promise: 'I11 a challenge lives no longer than its request, and no generation comes before it is reached',
    sql: `SELECT c.about_id AS about, 'challenge ' || c.id || ' of generation ' || c.generation || ' until ' || c.expires_at::text AS wrong
      FROM countersign.challenge c JOIN countersign.authorization_request r ON r.id = c.about_id
      WHERE c.generation NOT BETWEEN 1 AND r.generation OR c.method <> ALL (r.methods)
        OR c.generation = r.generation AND c.expires_at > r.expires_at
        OR c.expires_at > c.created_at + make_interval(secs => ${limit('challengeSecondsMax')})`,
  },
  {
    promise: 'I11 the challenge that a request names is its own, of the newest generation that has one',
    sql: `SELECT r.id AS about, coalesce('challenge ' || r.challenge_id, 'no challenge') AS wrong
      FROM countersign.authorization_request r LEFT JOIN countersign.challenge c ON c.id = r.challenge_id AND c.about_id = r.id
      WHERE c.generation IS DISTINCT FROM (SELECT max(own.generation) FROM countersign.challenge own WHERE own.about_id = r.id)`,
  },
  {
    promise: 'I12 sends are spent and never come back',
    sql: `SELECT id::text AS about, sent || ' sent, ' || sends_left || ' left' AS wrong FROM ${counted} r
      WHERE sent + sends_left <> ${limit('resendsPerRequestMax')} + 1
      UNION ALL
      SELECT id::text, challenges || ' challenges, ' || challenges_left || ' left' FROM ${counted} r
      WHERE challenges + challenges_left <> ${limit('challengesPerRequestMax')}
      UNION ALL
      SELECT subject_id, 'too many messages in a day' FROM countersign.subject_security
      WHERE ${mostWithin('sent_at', '24 hours')} > ${limit('sendsPerSubjectDayMax')}
      UNION ALL
      SELECT encode(recipient, 'hex'), 'too many messages' FROM countersign.recipient_security
      WHERE ${mostWithin('sent_at', '24 hours')} > ${limit('sendsPerRecipientDayMax')}
        OR ${mostWithin('sent_at', '10 minutes')} > ${limit('sendsPerRecipient10MinutesMax')}`,
  },
  {
    promise:
      'I12 no wrong answer of the last day is forgotten, whatever was resent, reset or newly created since',
    timed: true,
    sql: `SELECT subject_id AS about, failed || ' wrong answers, ' || charged || ' charges' AS wrong FROM (
        SELECT e.subject_id, count(*) AS failed,
          (SELECT count(*) FROM countersign.subject_security s, unnest(s.charged_at) AS moment
            WHERE s.subject_id = e.subject_id AND moment > $2::timestamptz - interval '24 hours') AS charged
        FROM ${wrongAnswers} e
        WHERE e.occurred_at > $2::timestamptz - interval '24 hours' + make_interval(secs => ${limit('attemptSecondsMax')})
        GROUP BY e.subject_id
      ) counts WHERE failed > charged`,
  },
  {
    promise: 'I14 the hashes are those of the data and of the text',
    sql: `SELECT id AS about, slug AS wrong FROM countersign.authorization_request r
      WHERE data_hash <> sha256(convert_to('countersign/data/v1', 'UTF8') || '\\x00'::bytea
          || convert_to('{"data":' || data::text || ',"slug":' || to_json(slug)::text || '}', 'UTF8'))
        OR display_hash <> sha256(convert_to('countersign/display/v1', 'UTF8') || '\\x00'::bytea || convert_to(
          '{"description":' || coalesce(to_json(description)::text, 'null') || ',"facts":['
          || coalesce((SELECT string_agg('{"label":' || to_json(f->>'label')::text || ',"value":' || to_json(f->>'value')::text || '}', ','
              ORDER BY place) FROM jsonb_array_elements(facts) WITH ORDINALITY AS fact (f, place)), '')
          || '],"title":' || to_json(title)::text || '}', 'UTF8'))`,
  },
  {
    promise: 'I15 a committed idempotency key has its answer',
    sql: `SELECT encode(scope, 'hex') AS about, 'no outcome' AS wrong FROM countersign.idempotency_key WHERE outcome IS NULL`,
  },
  {
    promise: 'I17 nothing waits with no attempt left and none being judged',
    timed: true,
    sql: `SELECT id AS about, 'waiting until ' || expires_at::text AS wrong FROM countersign.authorization_request
      WHERE state = 'waiting' AND attempts_left = 0 AND attempts_open = 0 AND expires_at > $2::timestamptz`,
  },
  {
    promise: 'a denial has a reason, and nothing else has one',
    sql: `SELECT id AS about, state || ' ' || coalesce(reason, 'without a reason') AS wrong FROM countersign.authorization_request
      WHERE (state = 'denied') <> (reason IS NOT NULL) OR reason NOT IN ('declined', 'not_me', 'attempts_exhausted')`,
  },
  {
    // An entry may be missing only when a later creation of its subject has found it expired.
    promise: 'every waiting request counts against the limit of its subject, and nothing else does',
    sql: `SELECT NULL AS about, subject_id || ' is not held to what it awaits until ' || expires_at::text AS wrong FROM (
        SELECT r.subject_id, r.expires_at FROM countersign.authorization_request r
        WHERE r.state = 'waiting' AND NOT EXISTS (SELECT FROM countersign.authorization_request later
          WHERE later.subject_id = r.subject_id AND later.created_at >= r.expires_at)
        EXCEPT ALL SELECT subject_id, unnest(waiting_until) FROM countersign.subject_security
      ) missing
      UNION ALL
      SELECT NULL, subject_id || ' is held to what it does not await, until ' || expires_at::text FROM (
        SELECT subject_id, unnest(waiting_until) AS expires_at FROM countersign.subject_security
        EXCEPT ALL SELECT subject_id, expires_at FROM countersign.authorization_request WHERE state IN ('waiting', 'expired')
      ) extra WHERE ${isKept('expires_at')}`,
  },
  {
    promise: 'every request has the counters of its subject',
    sql: `SELECT DISTINCT r.subject_id AS about, 'no counters' AS wrong FROM countersign.authorization_request r
      LEFT JOIN countersign.subject_security s ON s.subject_id = r.subject_id WHERE s.subject_id IS NULL`,
  },
  {
    promise:
      'I7 each event stands once in the log, what is archived before what is not, and the archive knows how far it reaches',
    sql: `SELECT id AS about, count(*) || ' times' AS wrong FROM ${log} e GROUP BY epoch, txid, sequence, id HAVING count(*) > 1
      UNION ALL
      SELECT e.id, 'archived, behind the end of the archive' FROM countersign.event_archive e, countersign.installation i
      WHERE ROW(e.epoch, e.txid, e.sequence, e.id)::countersign.place > i.archived_until
      UNION ALL
      SELECT e.id, 'not archived, before the end of the archive' FROM countersign.event e, countersign.installation i
      WHERE ROW(e.epoch, e.txid, e.sequence, e.id)::countersign.place <= i.archived_until
      UNION ALL
      SELECT e.id, 'kept, before the beginning of the log' FROM countersign.event_archive e, countersign.installation i
      WHERE ROW(e.epoch, e.txid, e.sequence, e.id)::countersign.place <= i.pruned_until
      UNION ALL
      SELECT id, 'in a month before that of the one before' FROM (
        SELECT id, logged_at, lag(logged_at) OVER (ORDER BY epoch, txid, sequence, id) AS logged_before FROM countersign.event_archive
      ) a WHERE logged_at < logged_before`,
  },
  ...confirmationChecks,
  ...factorChecks,
  ...webhookChecks,
];

const examplesMax = 5;

/**
 * What is broken, as sentences; an empty list when nothing is. All checks see one moment, so it may be called
 * while others write. Attempts that are being judged and processes that were killed break nothing; a row
 * that somebody changed by hand does.
 */
export async function findViolations(sql: pg.Pool, options: InvariantOptions = {}): Promise<string[]> {
  const client = await sql.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const violations = await findViolationsIn(client, options);
    await client.query('COMMIT');
    return violations;
  } catch (error) {
    broken = error instanceof Error ? error : new Error('the checks failed');
    throw error;
  } finally {
    client.release(broken);
  }
}

/** The same within the transaction that is open on this connection: it sees what is not committed yet. */
export async function findViolationsIn(
  client: pg.ClientBase,
  options: InvariantOptions = {},
): Promise<string[]> {
  const limits = JSON.stringify({ ...defaultLimits, ...options.limits });
  const violations: string[] = [];
  for (const { promise, sql, timed } of invariantChecks) {
    if ((timed && !options.now) || (options.promise ?? promise) !== promise) continue;
    // Every check is given both parameters, whichever it uses.
    const given = `WITH given AS (SELECT $1::jsonb, $2::timestamptz) SELECT * FROM (${sql}) AS broken LIMIT ${examplesMax}`;
    const { rows } = await client.query<{ about: string | null; wrong: string | null }>(given, [
      limits,
      options.now ?? null,
    ]);
    for (const { about, wrong } of rows) violations.push([promise, about, wrong].filter(Boolean).join(': '));
  }
  return violations;
}

/** What must not change (I14), and what must not be undone (I1, I6, I9, I11, I13), as it was at one moment. */
export interface ImmutableSnapshot {
  /** By kind and id: a digest of what never changes again. */
  readonly rows: ReadonlyMap<string, string>;
}

const immutableRows = /* sql */ `
SELECT 'what request ' || id || ' asks' AS row, md5(concat_ws('|', slug, subject_id, coalesce(session_id, '-'), title, coalesce(description, '-'),
  facts::text, data::text, data_hash::text, display_hash::text, related_objects::text, methods::text, required_binding,
  attempts_max, created_at, execute_within_seconds)) AS digest
FROM countersign.authorization_request
UNION ALL
SELECT 'the decision of request ' || id, md5(concat_ws('|', state, reason, binding, generation, decided_at, granted_at, expires_at))
FROM countersign.authorization_request WHERE state <> 'waiting'
UNION ALL
SELECT 'the consumption of request ' || id, md5(concat_ws('|', consumed_at, execute_before))
FROM countersign.authorization_request WHERE consumed_at IS NOT NULL
UNION ALL
SELECT 'what challenge ' || id || ' asks', md5(concat_ws('|', about_id, generation, method, digest, key_id, created_at, expires_at))
FROM countersign.challenge
UNION ALL
SELECT 'the proof of request ' || p.request_id, md5(p::text) FROM countersign.proof p
UNION ALL
SELECT 'what confirmation ' || id || ' is for', md5(concat_ws('|', coalesce(subject_id, '-'), budget_key, method_id, coalesce(factor_id::text, '-'),
  coalesce(purpose, '-'), coalesce(data::text, '-'), coalesce(value_hash::text, '-'), data_hash::text, display_hash::text, attempts_max, created_at, expires_at))
FROM countersign.confirmation
UNION ALL
SELECT 'the confirmation ' || id, md5(concat_ws('|', confirmed_at)) FROM countersign.confirmation WHERE confirmed_at IS NOT NULL
UNION ALL
SELECT 'the use of confirmation ' || id, md5(concat_ws('|', state, used_at)) FROM countersign.confirmation WHERE state = 'used'
UNION ALL
SELECT 'whose factor ' || id || ' is', md5(concat_ws('|', subject_id, method, method_id, created_at)) FROM countersign.factor
UNION ALL
SELECT 'the removal of factor ' || id, md5(concat_ws('|', removed_at)) FROM countersign.factor WHERE removed_at IS NOT NULL
UNION ALL
SELECT 'mark ' || md5(m.mark) || ' of factor ' || m.factor_id, md5(m::text) FROM countersign.factor_mark m
UNION ALL
SELECT 'event ' || e.id, md5(e::text) FROM ${log} e`;

/** Takes the snapshot that `findChanges` compares with: the data of requests, decisions, proofs, the log. */
export async function snapshotImmutable(sql: pg.Pool | pg.ClientBase): Promise<ImmutableSnapshot> {
  const { rows } = await sql.query<{ row: string; digest: string }>(immutableRows);
  return { rows: new Map(rows.map(({ row, digest }) => [row, digest])) };
}

/** What has changed or gone since the snapshot although it never may: sentences, none when all is as it was. */
export async function findChanges(
  sql: pg.Pool | pg.ClientBase,
  before: ImmutableSnapshot,
): Promise<string[]> {
  const after = await snapshotImmutable(sql);
  return [...before.rows].flatMap(([row, digest]) => {
    const now = after.rows.get(row);
    if (now === undefined) return [`I14 ${row} is gone`];
    return now === digest ? [] : [`I14 ${row} has changed`];
  });
}
