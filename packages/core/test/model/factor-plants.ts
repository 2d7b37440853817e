import type { Plant } from './plants.ts';

/** Changes a factor of the one subject that has some. */
const factor = (method: string, assignments: string): string =>
  `UPDATE countersign.factor SET ${assignments} WHERE subject_id = 'prover' AND method = '${method}'`;

const event = (type: string, assignments: string): string =>
  `UPDATE countersign.event SET ${assignments} WHERE subject_id = 'prover' AND type = 'factor.${type}'
  AND about_id = (SELECT id FROM countersign.factor WHERE method = 'totp')`;

const security = (assignments: string): string =>
  `UPDATE countersign.subject_security SET ${assignments} WHERE subject_id = 'prover'`;

const proof = (assignments: string): string =>
  `UPDATE countersign.proof SET ${assignments} WHERE subject_id = 'prover'`;

const byOwner = 'I2 a proof by a factor is by one of the same subject and method, and one that may answer';
const numbered = 'I6 the events of a factor are numbered 1 to n without gaps, and it counts them';
const belongs = 'I6 an event belongs to its factor: the same subject, and the factor exists';
const remembered = 'I7 a factor remembers where its newest event stands in the log';
const markedOnce = 'I11 a factor has proven once with each mark';
const revoked = 'I13 no grant can be executed whose factor was removed or switched off';
const sealed = 'I18 what is stored of factors and methods is sealed, and identities are digests';
const confirmed = 'a factor proves once it was confirmed, and with what was confirmed';
const identity = 'what must not exist twice is in force once';
const one = 'a subject has one default factor at most, which is in force, and one primary device at most';
const prompts = 'nobody is prompted more often than the limits allow, nor twice at once for one operation';

const rows: readonly (readonly [against: string, what: string, sql: string])[] = [
  [byOwner, 'a proof by a factor of somebody else', factor('totp', `subject_id = 'mallory'`)],
  [byOwner, 'a proof by a factor of another method', proof(`method = 'otp'`)],
  [byOwner, 'a proof by a factor that does not exist', proof('factor_id = gen_random_uuid()')],
  [byOwner, 'a proof by a factor that was never confirmed', factor('totp', 'confirmed_at = NULL')],
  [
    byOwner,
    'a proof by a factor that may not answer',
    `UPDATE countersign.authorization_request SET factor_ids = ARRAY[gen_random_uuid()] WHERE subject_id = 'prover'`,
  ],
  [
    numbered,
    'a gap in the numbers of a factor',
    `DELETE FROM countersign.event WHERE about_id = (SELECT id FROM countersign.factor WHERE method = 'totp') AND sequence = 1`,
  ],
  [numbered, 'a factor that counts an event it does not have', factor('totp', 'sequence = sequence + 1')],
  [numbered, 'a factor with a number twice', event('created', 'sequence = 2')],
  [
    numbered,
    'a factor without any event',
    `DELETE FROM countersign.event WHERE about_kind = 'factor' AND subject_id = 'prover'`,
  ],
  [belongs, 'an event of somebody else’s factor', event('confirmed', `subject_id = 'mallory'`)],
  [belongs, 'an event of no factor', event('confirmed', 'about_id = gen_random_uuid()')],
  [remembered, 'a factor that forgot where its newest event stands', factor('totp', `event_txid = '3'`)],
  [
    markedOnce,
    'a time step that proved twice (bugs 5, 6)',
    'INSERT INTO countersign.factor_mark SELECT * FROM countersign.factor_mark',
  ],
  [markedOnce, 'a mark of no factor', 'UPDATE countersign.factor_mark SET factor_id = gen_random_uuid()'],
  [revoked, 'a grant that outlives the removal of its factor', factor('totp', `removed_at = confirmed_at`)],
  [revoked, 'a grant by a factor that is switched off', factor('totp', 'is_active = false')],
  [
    sealed,
    'a configuration in clear',
    factor('totp', `config = '{"secret":"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}'`),
  ],
  [
    sealed,
    'what waits, in clear',
    factor('otp', `pending = '{"config":{"channel":"email","address":"a@example.org"}}'`),
  ],
  [sealed, 'a configuration that is no more than a word', factor('totp', `config = 'JBSWY3DPEHPK3PXP'`)],
  [sealed, 'an identity in clear', factor('otp', `identity = 'prover@example.org'`)],
  [
    sealed,
    'a configuration of a method in clear',
    `INSERT INTO countersign.method_configuration (id, method, title, config, is_active, is_default, created_at, updated_at)
      VALUES (gen_random_uuid(), 'otp', 'E-mail', '{"apiKey":"0123456789012345678901234567890123456789"}', true, false, now(), now())`,
  ],
  [confirmed, 'a factor in force that nobody confirmed', factor('otp', `status = 'in_process'`)],
  [confirmed, 'a factor in force with nothing to prove by', factor('otp', 'config = NULL')],
  [
    identity,
    'one device enrolled twice',
    `UPDATE countersign.factor SET identity = sha256('phone') WHERE subject_id = 'prover'`,
  ],
  [one, 'two default factors', factor('otp', 'is_default = true')],
  [one, 'a default factor that is switched off', factor('totp', 'is_active = false')],
  [one, 'a default factor that was removed', factor('totp', 'removed_at = created_at')],
  [
    one,
    'two primary devices',
    `UPDATE countersign.factor SET device = '{"uuid": "phone", "isPrimary": true}' WHERE subject_id = 'prover'`,
  ],
  [
    prompts,
    'a prompt too many in an hour',
    security(
      `prompted_at = ARRAY(SELECT now() - n * interval '10 minutes' FROM generate_series(5, 0, -1) AS n)`,
    ),
  ],
  [
    prompts,
    'a prompt too many that waits',
    security(
      `prompts = (SELECT jsonb_object_agg(n, jsonb_build_object('slug', 'operation-' || n, 'until', 1)) FROM generate_series(1, 6) AS n)`,
    ),
  ],
  [
    prompts,
    'two prompts at once for one operation',
    security(`prompts = '{"1": {"slug": "transfer", "until": 1}, "2": {"slug": "transfer", "until": 1}}'`),
  ],
  [
    'nothing waits that was authorized by a factor which is not in force any more',
    'a change that a switched-off factor has authorized',
    `UPDATE countersign.factor SET authorized_by = id, is_active = false WHERE subject_id = 'prover'`,
  ],
];

export const factorPlants: readonly Plant[] = rows.map(([against, what, sql]) => ({ against, what, sql }));
