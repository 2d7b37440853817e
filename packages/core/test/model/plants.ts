import { confirmationPlants } from './confirmation-plants.ts';
import { factorPlants } from './factor-plants.ts';
import { webhookPlants } from './webhook-plants.ts';

/**
 * One broken row, or a few, for each way in which an invariant can be broken: each check of
 * `findViolations` is shown to be able to fail. The rows belong to subjects that are named after the end of
 * their one request.
 */
export interface Plant {
  /** The promise of the check that must find it. */
  readonly against: string;
  readonly what: string;
  readonly sql: string;
}

/** Changes the request of a subject. */
const request = (subject: string, assignments: string): string =>
  `UPDATE countersign.authorization_request SET ${assignments} WHERE subject_id = '${subject}'`;

/** Changes a subject's events of one type. */
const event = (subject: string, type: string, assignments: string): string =>
  `UPDATE countersign.event SET ${assignments} WHERE subject_id = '${subject}' AND type = 'authorization_request.${type}'`;

/** Writes an event once more: as another type, or with another number. */
const eventAgain = (subject: string, type: string, changed: { type?: string; sequence?: string }): string => `
  INSERT INTO countersign.event (epoch, txid, sequence, id, type, occurred_at, subject_id, session_id, slug, about_kind, about_id, data)
  SELECT epoch, txid, ${changed.sequence ?? 'sequence'}, gen_random_uuid(), 'authorization_request.${changed.type ?? type}',
    occurred_at, subject_id, session_id, slug, about_kind, about_id, data
  FROM countersign.event WHERE subject_id = '${subject}' AND type = 'authorization_request.${type}'`;

const proof = (subject: string, assignments: string): string =>
  `UPDATE countersign.proof SET ${assignments} WHERE subject_id = '${subject}'`;

const security = (subject: string, assignments: string): string =>
  `UPDATE countersign.subject_security SET ${assignments} WHERE subject_id = '${subject}'`;

const challengeOf = (subject: string, assignments: string): string =>
  `UPDATE countersign.challenge SET ${assignments}
  WHERE about_id = (SELECT id FROM countersign.authorization_request WHERE subject_id = '${subject}')`;

/** So many moments, so far apart, the last of them at that of the subject's request. */
const moments = (count: number, apart: string): string =>
  `ARRAY(SELECT (SELECT created_at FROM countersign.authorization_request ORDER BY id DESC LIMIT 1) - n * interval '${apart}'
    FROM generate_series(${count - 1}, 0, -1) AS n)`;

const decision = 'I1 a request has at most one final decision';
const afterDecision =
  'I1 after the decision nothing is asked, reset or decided: only wrong answers and the consumption follow';
const oneProof = 'I2 a granted request has exactly one proof';
const sameProof =
  'I2 the proof is of the same subject, data, text and binding, and as strong as was required';
const provenInTime = 'I2 the proof was given when the request was granted, before it expired';
const provenChallenge = 'I2 the proof answered a challenge of this request that no reset had voided';
const noProof = 'I3 no proof without the grant';
const attempts = 'I4 attempts stay between zero and their maximum';
const spent = 'I4 every wrong answer and every open attempt has cost an attempt of its own';
const exhausted = 'I4 a request is denied as exhausted only when no attempt is left';
const charges = 'I5 no subject has more charges than a day allows';
const wrongPerDay = 'I5 no subject is judged wrong more often than a day allows, over all its requests';
const streaks = 'I5 no factor is judged wrong more often in a row than its limit';
const numbered = 'I6 the events of a request are numbered 1 to n without gaps, and the request counts them';
const created = 'I6 a request is created once, first';
const eventOfDecision = 'I6 a decision has its event, and the event its decision';
const eventOfRest = 'I6 a challenge, a reset and a consumption each have one event';
const dated = 'I6 an event is dated by its transition and says what the row says';
const belongs =
  'I6 an event belongs to its request: same subject, session and operation, and the request exists';
const logOrder =
  'I7 the order of the log is, for each request, the order of its own events, and it remembers the last';
const archived =
  'I7 each event stands once in the log, what is archived before what is not, and the archive knows how far it reaches';
const consumedGrant = 'I9 what was consumed was granted, and granted first';
const grantedInTime = 'I10 nothing is granted at or after its expiry';
const window = 'I10 nothing is consumed at or after executeBefore, which is never later than was asked for';
const decidedInTime =
  'I10 a decision of a person is made before expiry, an expiry not before it, and nobody answers after an hour';
const once = 'I11 a challenge is answered by one grant at most, and a request granted by one proof';
const challengeLife =
  'I11 a challenge lives no longer than its request, and no generation comes before it is reached';
const newest = 'I11 the challenge that a request names is its own, of the newest generation that has one';
const sends = 'I12 sends are spent and never come back';
const forgotten =
  'I12 no wrong answer of the last day is forgotten, whatever was resent, reset or newly created since';
const hashes = 'I14 the hashes are those of the data and of the text';
const outcome = 'I15 a committed idempotency key has its answer';
const leftBehind = 'I17 nothing waits with no attempt left and none being judged';
const reason = 'a denial has a reason, and nothing else has one';
const waiting = 'every waiting request counts against the limit of its subject, and nothing else does';
const counters = 'every request has the counters of its subject';

type Row = readonly [against: string, what: string, sql: string];

const rows: readonly Row[] = [
  [
    decision,
    'a grant that was denied as well',
    eventAgain('granted', 'granted', { type: 'denied', sequence: '4' }),
  ],
  [afterDecision, 'a challenge after the grant', eventAgain('granted', 'challenged', { sequence: '4' })],
  [
    afterDecision,
    'a reset after the denial',
    eventAgain('denied', 'challenged', { type: 'reset', sequence: '4' }),
  ],
  [oneProof, 'a grant without a proof', `DELETE FROM countersign.proof WHERE subject_id = 'granted'`],
  [
    oneProof,
    'a second proof of a grant',
    `INSERT INTO countersign.proof SELECT * FROM countersign.proof WHERE subject_id = 'granted'`,
  ],
  [sameProof, 'a proof of another subject', proof('granted', `subject_id = 'mallory'`)],
  [sameProof, 'a proof of other data', proof('granted', `data_hash = 'other'`)],
  [sameProof, 'a proof of another text', proof('granted', `display_hash = 'other'`)],
  [sameProof, 'a proof of another binding than the grant', proof('granted', `binding = 'cryptographic'`)],
  [sameProof, 'a proof by a method that was not possible', proof('granted', `method = 'totp'`)],
  [
    sameProof,
    'a proof that is weaker than required',
    request('granted', `required_binding = 'cryptographic'`),
  ],
  [provenInTime, 'a proof older than its grant', proof('granted', `proven_at = proven_at - interval '1 ms'`)],
  [provenInTime, 'a proof at expiry', request('granted', `expires_at = granted_at`)],
  [provenChallenge, 'a proof of no challenge', proof('granted', `challenge_id = gen_random_uuid()`)],
  [
    provenChallenge,
    'a proof of the challenge of another request',
    proof(
      'granted',
      `challenge_id = (SELECT challenge_id FROM countersign.proof WHERE subject_id = 'consumed')`,
    ),
  ],
  [provenChallenge, 'a proof of a voided challenge', request('granted', 'generation = generation + 1')],
  [
    noProof,
    'a proof of a waiting request',
    `INSERT INTO countersign.proof SELECT r.id, p.challenge_id, p.subject_id, p.method, p.factor_id, p.binding, p.data_hash,
      p.display_hash, p.proven_at FROM countersign.proof p, countersign.authorization_request r
      WHERE p.subject_id = 'granted' AND r.subject_id = 'waiting'`,
  ],
  [
    noProof,
    'a proof of no request',
    `DELETE FROM countersign.authorization_request WHERE subject_id = 'granted'`,
  ],
  [attempts, 'fewer attempts than none', request('waiting', 'attempts_left = -1')],
  [attempts, 'more attempts than the maximum', request('waiting', 'attempts_left = 6')],
  [attempts, 'more attempts open than were spent', request('waiting', 'attempts_open = 2')],
  [attempts, 'fewer attempts open than none', request('waiting', 'attempts_open = -1')],
  [attempts, 'a maximum beyond the bound', request('waiting', 'attempts_max = 6')],
  [spent, 'an attempt that a new challenge refilled (bug 44)', request('waiting', 'attempts_left = 5')],
  [spent, 'an attempt that is open and was never spent', request('waiting', 'attempts_open = 1')],
  [exhausted, 'an exhausted request with an attempt left', request('exhausted', 'attempts_left = 1')],
  [charges, 'a charge too many', security('exhausted', `charged_at = ${moments(21, '1 minute')}`)],
  [
    wrongPerDay,
    'a subject that guessed on over many requests (bug 9)',
    `INSERT INTO countersign.event (epoch, txid, sequence, id, type, occurred_at, subject_id, about_kind, about_id, data)
      SELECT e.epoch, e.txid, 1, gen_random_uuid(), e.type, e.occurred_at + n * interval '1 hour', e.subject_id, e.about_kind,
        gen_random_uuid(), e.data
      FROM countersign.event e, generate_series(1, 16) AS n
      WHERE e.subject_id = 'exhausted' AND e.type LIKE '%.check_failed' AND e.sequence = 3`,
  ],
  [
    streaks,
    'a streak beyond its limit',
    security('exhausted', `streaks = '{"otp": {"count": 51, "until": 1}}'`),
  ],
  [streaks, 'a streak of nothing', security('exhausted', `streaks = '{"otp": {"count": 0, "until": 0}}'`)],
  [
    streaks,
    'a streak that is not followed by its wait',
    security('exhausted', `streaks = '{"otp": {"count": 5, "until": 0}}'`),
  ],
  [
    numbered,
    'a gap in the numbers',
    `DELETE FROM countersign.event WHERE subject_id = 'consumed' AND sequence = 3`,
  ],
  [numbered, 'a number twice', eventAgain('consumed', 'check_failed', {})],
  [
    numbered,
    'numbers that do not begin at one',
    `UPDATE countersign.event SET sequence = sequence + 1 WHERE subject_id = 'denied'`,
  ],
  [numbered, 'a request that counts an event it does not have', request('denied', 'sequence = sequence + 1')],
  [numbered, 'a request without any event', `DELETE FROM countersign.event WHERE subject_id = 'denied'`],
  [created, 'a request that was created twice', eventAgain('denied', 'created', { sequence: '4' })],
  [
    created,
    'a request that was challenged first',
    `UPDATE countersign.event SET sequence = 3 - sequence WHERE subject_id = 'waiting' AND sequence < 3`,
  ],
  [
    eventOfDecision,
    'a grant without its event',
    event('granted', 'granted', `type = 'authorization_request.check_failed'`),
  ],
  [
    eventOfDecision,
    'an event of a denial that was a grant',
    event('granted', 'granted', `type = 'authorization_request.denied'`),
  ],
  [
    eventOfDecision,
    'an expiry nobody wrote down',
    request('waiting', `state = 'expired', decided_at = expires_at`),
  ],
  [
    eventOfDecision,
    'a grant that was taken back',
    request('granted', `state = 'waiting', decided_at = NULL`),
  ],
  [
    eventOfRest,
    'a challenge without its event',
    event('denied', 'challenged', `type = 'authorization_request.check_failed'`),
  ],
  [
    eventOfRest,
    'an event without its challenge',
    eventAgain('waiting', 'created', { type: 'challenged', sequence: '6' }),
  ],
  [eventOfRest, 'a reset that did not void the codes', request('waiting', 'generation = 1')],
  [
    eventOfRest,
    'a consumption without its event',
    event('consumed', 'consumed', `type = 'authorization_request.check_failed'`),
  ],
  [eventOfRest, 'an event without its consumption', request('consumed', 'consumed_at = NULL')],
  [eventOfRest, 'a grant that was consumed twice', eventAgain('consumed', 'consumed', { sequence: '6' })],
  [
    dated,
    'an event dated otherwise than its grant',
    event('granted', 'granted', `occurred_at = occurred_at + interval '1 ms'`),
  ],
  [
    dated,
    'an event of the expiry dated by the sweep',
    event('expired', 'expired', `occurred_at = occurred_at + interval '1 ms'`),
  ],
  [
    dated,
    'an event with the hash of other data',
    event('granted', 'granted', `data = data || '{"dataHash": "other"}'`),
  ],
  [
    dated,
    'an event with the hash of another text',
    event('granted', 'created', `data = data || '{"displayHash": "other"}'`),
  ],
  [dated, 'an event with another reason', event('denied', 'denied', `data = data || '{"reason": "not_me"}'`)],
  [
    dated,
    'an event with another binding',
    event('granted', 'granted', `data = data || '{"binding": "none"}'`),
  ],
  [belongs, 'an event of another subject (I8)', event('granted', 'granted', `subject_id = 'mallory'`)],
  [belongs, 'an event of another session', event('granted', 'granted', `session_id = 's1'`)],
  [belongs, 'an event of another operation', event('granted', 'granted', `slug = 'other'`)],
  [belongs, 'an event of nothing', event('granted', 'granted', `about_id = gen_random_uuid()`)],
  [logOrder, 'a grant that the log tells before its challenge', event('granted', 'granted', `txid = '3'`)],
  [logOrder, 'a request that forgot where its newest event stands', request('granted', `event_txid = '3'`)],
  [consumedGrant, 'a consumption of a denied request', request('denied', 'consumed_at = decided_at')],
  [
    consumedGrant,
    'a consumption before its grant',
    `UPDATE countersign.event SET sequence = 9 - sequence WHERE subject_id = 'consumed' AND sequence IN (4, 5)`,
  ],
  [grantedInTime, 'a grant exactly at expiry', request('granted', 'expires_at = granted_at')],
  [
    grantedInTime,
    'a grant after expiry (bug 25)',
    request('granted', `expires_at = granted_at - interval '1 second'`),
  ],
  [
    grantedInTime,
    'a grant dated otherwise than its decision',
    request('granted', `decided_at = decided_at - interval '1 ms'`),
  ],
  [window, 'a consumption exactly at executeBefore', request('consumed', 'execute_before = consumed_at')],
  [window, 'a consumption without a window', request('consumed', 'execute_before = NULL')],
  [
    window,
    'a window longer than was asked for',
    request('granted', `execute_before = execute_before + interval '1 ms'`),
  ],
  [decidedInTime, 'a denial exactly at expiry', request('denied', 'expires_at = decided_at')],
  [
    decidedInTime,
    'an expiry before its time',
    request('expired', `decided_at = decided_at - interval '1 ms'`),
  ],
  [decidedInTime, 'a decision without a time', request('denied', 'decided_at = NULL')],
  [decidedInTime, 'a waiting request with a time of decision', request('waiting', 'decided_at = created_at')],
  [
    decidedInTime,
    'a request that waits longer than an hour',
    request('waiting', `expires_at = created_at + interval '61 minutes'`),
  ],
  [
    once,
    'a code that granted twice (bugs 3, 4)',
    proof(
      'granted',
      `challenge_id = (SELECT challenge_id FROM countersign.proof WHERE subject_id = 'consumed')`,
    ),
  ],
  [once, 'a request that was granted twice', `INSERT INTO countersign.proof SELECT * FROM countersign.proof`],
  [
    challengeLife,
    'a challenge that outlives its request',
    challengeOf('waiting', `expires_at = expires_at + interval '1 second'`),
  ],
  [
    challengeLife,
    'a challenge that lives too long',
    challengeOf('granted', `expires_at = created_at + interval '601 seconds'`),
  ],
  [challengeLife, 'a challenge of a generation to come', challengeOf('waiting', 'generation = 3')],
  [challengeLife, 'a challenge of a method that is not possible', challengeOf('waiting', `method = 'totp'`)],
  [
    newest,
    'a request that names an old challenge',
    request(
      'waiting',
      `challenge_id = (
    SELECT c.id FROM countersign.challenge c WHERE c.about_id = authorization_request.id AND c.generation = 1)`,
    ),
  ],
  [
    newest,
    'a request that names the challenge of another',
    request(
      'waiting',
      `challenge_id = (
    SELECT o.challenge_id FROM countersign.authorization_request o WHERE o.subject_id = 'granted')`,
    ),
  ],
  [newest, 'a request that names none of its challenges', request('waiting', 'challenge_id = NULL')],
  [sends, 'a send that came back', request('waiting', 'sends_left = 3')],
  [sends, 'a message too many in a day', security('waiting', `sent_at = ${moments(31, '10 minutes')}`)],
  [
    sends,
    'a message too many to one address in a day',
    `UPDATE countersign.recipient_security SET sent_at = ${moments(31, '10 minutes')}`,
  ],
  [
    sends,
    'a message too many to one address in ten minutes',
    `UPDATE countersign.recipient_security SET sent_at = ${moments(11, '30 seconds')}`,
  ],
  [
    forgotten,
    'wrong answers that a new request made forgotten (bug 15)',
    security('exhausted', `charged_at = '{}'`),
  ],
  [
    forgotten,
    'wrong answers of a subject nobody counts',
    `DELETE FROM countersign.subject_security WHERE subject_id = 'exhausted'`,
  ],
  [hashes, 'data that is not what was hashed', request('waiting', `data = '{"amountCents":1,"to":"GB29"}'`)],
  [hashes, 'an operation that is not what was hashed', request('waiting', `slug = 'other'`)],
  [hashes, 'a title that is not what was hashed', request('waiting', `title = 'Transfer'`)],
  [hashes, 'a description that is not what was hashed', request('waiting', `description = NULL`)],
  [
    hashes,
    'a fact that is not what was hashed',
    request('waiting', `facts = '[{"label": "Amount", "value": "€ 1.00"}]'`),
  ],
  [outcome, 'a key whose call left no answer', 'UPDATE countersign.idempotency_key SET outcome = NULL'],
  [leftBehind, 'a request that waits for nobody', request('waiting', 'attempts_left = 0')],
  [reason, 'a denial without a reason', request('denied', 'reason = NULL')],
  [reason, 'a grant with a reason', request('granted', `reason = 'declined'`)],
  [reason, 'a reason that does not exist', request('denied', `reason = 'because'`)],
  [waiting, 'a waiting request that does not count', security('waiting', `waiting_until = '{}'`)],
  [
    waiting,
    'a waiting request that counts for too short',
    security('waiting', `waiting_until = ARRAY[waiting_until[1] - interval '1 second']`),
  ],
  [
    waiting,
    'a granted request that still counts',
    security(
      'granted',
      `waiting_until = ARRAY(SELECT expires_at FROM countersign.authorization_request WHERE subject_id = 'granted')`,
    ),
  ],
  [
    waiting,
    'a request of another subject that counts',
    security(
      'granted',
      `waiting_until = (SELECT waiting_until FROM countersign.subject_security WHERE subject_id = 'waiting')`,
    ),
  ],
  [
    waiting,
    'a request that counts and does not exist',
    security('granted', `waiting_until = ARRAY['2030-01-01'::timestamptz]`),
  ],
  [
    counters,
    'a request whose subject has no counters',
    `DELETE FROM countersign.subject_security WHERE subject_id = 'granted'`,
  ],
];

export const plants: readonly Plant[] = [
  ...rows.map(([against, what, sql]) => ({ against, what, sql })),
  {
    against: archived,
    what: 'an event that stands twice in the log',
    sql: `INSERT INTO countersign.event SELECT * FROM countersign.event WHERE subject_id = 'denied'`,
  },
  {
    against: archived,
    what: 'an archive that says it reaches further than it does',
    sql: `UPDATE countersign.installation SET archived_until = ROW(1, '1000000', 1, gen_random_uuid())::countersign.place`,
  },
  ...confirmationPlants,
  ...factorPlants,
  ...webhookPlants,
];
