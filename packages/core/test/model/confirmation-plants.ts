import type { Plant } from './plants.ts';

/** Changes the confirmation of a subject. */
const confirmation = (subject: string, assignments: string): string =>
  `UPDATE countersign.confirmation SET ${assignments} WHERE subject_id = '${subject}'`;

/** Changes a subject's events of one type. */
const event = (subject: string, type: string, assignments: string): string =>
  `UPDATE countersign.event SET ${assignments} WHERE subject_id = '${subject}' AND type = 'confirmation.${type}'`;

/** Writes an event once more, as another type and with another number. */
const eventAgain = (subject: string, type: string, as: string, sequence: number): string => `
  INSERT INTO countersign.event (epoch, txid, sequence, id, type, occurred_at, subject_id, about_kind, about_id, data)
  SELECT epoch, txid, ${sequence}, gen_random_uuid(), 'confirmation.${as}', occurred_at, subject_id, about_kind, about_id, data
  FROM countersign.event WHERE subject_id = '${subject}' AND type = 'confirmation.${type}'`;

const challengeOf = (subject: string, assignments: string): string =>
  `UPDATE countersign.challenge SET ${assignments}
  WHERE about_id = (SELECT id FROM countersign.confirmation WHERE subject_id = '${subject}')`;

const attempts = 'I4 attempts of a confirmation stay between zero and their maximum';
const spent = 'I4 every wrong answer and every open attempt of a confirmation has cost an attempt of its own';
const numbered = 'I6 the events of a confirmation are numbered 1 to n without gaps, and it counts them';
const said = 'I6 a confirmation is requested once, first, and its row says what its events say';
const belongs = 'I6 an event belongs to its confirmation: the same subject, and the confirmation exists';
const remembered = 'I7 a confirmation remembers where its newest event stands in the log';
const usedOnce = 'I9 what was used was confirmed, and confirmed first; it was used once';
const inTime = 'I10 a confirmation is confirmed and used before it expires, and lives half an hour at most';
const challenge =
  'I11 a challenge is of a request, or the one of its confirmation, and outlives neither: same method, same generation';

const rows: readonly (readonly [against: string, what: string, sql: string])[] = [
  [attempts, 'fewer attempts of a confirmation than none', confirmation('open', 'attempts_left = -1')],
  [attempts, 'more attempts of a confirmation than at first', confirmation('open', 'attempts_left = 6')],
  [attempts, 'more attempts of it open than were spent', confirmation('open', 'attempts_open = 2')],
  [attempts, 'a maximum of it beyond the bound', confirmation('open', 'attempts_max = 6')],
  [spent, 'an attempt of it that came back', confirmation('open', 'attempts_left = 5')],
  [spent, 'an attempt of it that is open and was never spent', confirmation('open', 'attempts_open = 1')],
  [
    numbered,
    'a gap in the numbers of a confirmation',
    `DELETE FROM countersign.event WHERE subject_id = 'used' AND sequence = 2`,
  ],
  [
    numbered,
    'a confirmation that counts an event it does not have',
    confirmation('open', 'sequence = sequence + 1'),
  ],
  [
    numbered,
    'a confirmation without any event',
    `DELETE FROM countersign.event WHERE subject_id = 'confirmed'`,
  ],
  [said, 'a confirmation that was requested twice', eventAgain('open', 'requested', 'requested', 3)],
  [
    said,
    'a confirmation that nobody wrote down',
    event('confirmed', 'confirmed', `type = 'confirmation.failed'`),
  ],
  [said, 'a use that nobody wrote down', event('used', 'used', `type = 'confirmation.failed'`)],
  [said, 'an expiry of a confirmation that nobody wrote down', confirmation('open', `state = 'expired'`)],
  [
    said,
    'a confirmation that failed before it was requested',
    `UPDATE countersign.event SET sequence = 3 - sequence WHERE subject_id = 'open'`,
  ],
  [belongs, 'an event of another subject’s confirmation', event('used', 'used', `subject_id = 'mallory'`)],
  [belongs, 'an event of no confirmation', event('used', 'used', 'about_id = gen_random_uuid()')],
  [
    remembered,
    'a confirmation that forgot where its newest event stands',
    confirmation('used', `event_txid = '3'`),
  ],
  [said, 'a confirmation that was used twice (bug 24)', eventAgain('used', 'used', 'used', 4)],
  [usedOnce, 'a use of what was not confirmed', confirmation('used', 'confirmed_at = NULL')],
  [usedOnce, 'a use without a time', confirmation('used', 'used_at = NULL')],
  [usedOnce, 'a confirmation without a time', confirmation('confirmed', 'confirmed_at = NULL')],
  [
    usedOnce,
    'a use before its confirmation',
    `UPDATE countersign.event SET sequence = 5 - sequence WHERE subject_id = 'used' AND sequence IN (2, 3)`,
  ],
  [inTime, 'a confirmation at its expiry (bug 25)', confirmation('confirmed', 'expires_at = confirmed_at')],
  [inTime, 'a use at its expiry', confirmation('used', 'expires_at = used_at')],
  [
    inTime,
    'a confirmation that lives too long',
    confirmation('lapsed', `expires_at = created_at + interval '1801 seconds'`),
  ],
  [challenge, 'a challenge of nothing', challengeOf('open', 'about_id = gen_random_uuid()')],
  [
    challenge,
    'a challenge that outlives its confirmation',
    challengeOf('open', `expires_at = expires_at + interval '1 hour'`),
  ],
  [challenge, 'a challenge of another method', challengeOf('open', `method = 'totp'`)],
  [
    challenge,
    'a challenge of a generation that a confirmation never has',
    challengeOf('open', 'generation = 2'),
  ],
  [
    challenge,
    'a confirmation that names no challenge of its own',
    confirmation('open', 'challenge_id = NULL'),
  ],
];

export const confirmationPlants: readonly Plant[] = rows.map(([against, what, sql]) => ({
  against,
  what,
  sql,
}));
