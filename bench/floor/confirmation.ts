import { createHash, createHmac, randomBytes, randomInt, randomUUID, timingSafeEqual } from 'node:crypto';
import { openFloorPool } from './pool.ts';

/**
 * The smallest honest SQL for the guarantees of a confirmation by a factor, made as the floor of a cycle is: the same
 * four durable commits (request, reserve, confirm, use), limits per subject and recipient that begin anew with the day,
 * the wait after wrong proofs, the same events in commit order, one proof, one use, for exactly what it was made for,
 * and nothing confirmed or used after the factor is revoked, nor confirmed after it has changed: it is locked where that
 * is decided, as a revocation locks it.
 *
 * A confirmation has one challenge at most, so its digest stands in its row. The factor's address is stored as it is,
 * beside the digest that messages are counted by, so the factor needs no round trip of its own. Nothing is sealed; no
 * settings of an operator, no validation, no views, no text for a person, no plug-in, no guards below the code.
 */
const schema = /* sql */ `
CREATE SCHEMA floor;
CREATE TABLE floor.factor (id uuid PRIMARY KEY, subject text NOT NULL, address text NOT NULL, recipient bytea NOT NULL,
  version int NOT NULL DEFAULT 1, active boolean NOT NULL DEFAULT true, removed_at timestamptz, last_used_at timestamptz) WITH (fillfactor = 70);
CREATE INDEX ON floor.factor (subject, id);
CREATE TABLE floor.confirmation (
  id uuid PRIMARY KEY, subject text NOT NULL, factor uuid NOT NULL, factor_version int NOT NULL, purpose text, data json, data_hash bytea NOT NULL,
  digest bytea NOT NULL, answer_before timestamptz NOT NULL, state text NOT NULL DEFAULT 'open', sequence int NOT NULL DEFAULT 1,
  attempts_left smallint NOT NULL DEFAULT 5 CHECK (attempts_left >= 0), created_at timestamptz NOT NULL, expires_at timestamptz NOT NULL,
  confirmed_at timestamptz, used_at timestamptz) WITH (fillfactor = 70);
CREATE INDEX ON floor.confirmation (expires_at);
CREATE TABLE floor.budget (subject text PRIMARY KEY, day int NOT NULL, sends int NOT NULL DEFAULT 0, spent int NOT NULL DEFAULT 0,
  streak int NOT NULL DEFAULT 0, wait_until timestamptz) WITH (fillfactor = 50);
CREATE TABLE floor.recipient (recipient bytea PRIMARY KEY, day int NOT NULL, sends int NOT NULL, slot int NOT NULL, slot_sends int NOT NULL)
  WITH (fillfactor = 50);
CREATE TABLE floor.event (txid xid8 NOT NULL DEFAULT pg_current_xact_id(), id uuid NOT NULL, type text NOT NULL, at timestamptz NOT NULL,
  subject text NOT NULL, confirmation uuid NOT NULL, sequence int NOT NULL, data jsonb NOT NULL, PRIMARY KEY (txid, id),
  UNIQUE (confirmation, sequence));
CREATE INDEX ON floor.event (subject, txid, id);
`;

const inForce = 'f.active AND f.removed_at IS NULL';

const request = /* sql */ `
WITH factor AS (
  SELECT f.address, f.recipient, f.version FROM floor.factor f WHERE f.id = $3::uuid AND f.subject = $2::text AND ${inForce}
), budget AS (
  INSERT INTO floor.budget AS b (subject, day, sends) SELECT $2::text, $12::int, 1 FROM factor
  ON CONFLICT (subject) DO UPDATE SET day = EXCLUDED.day, sends = CASE WHEN b.day = EXCLUDED.day THEN b.sends + 1 ELSE 1 END,
    spent = CASE WHEN b.day = EXCLUDED.day THEN b.spent ELSE 0 END
  WHERE b.sends < 1000000 OR b.day <> EXCLUDED.day
  RETURNING subject
), recipient AS (
  INSERT INTO floor.recipient AS r (recipient, day, sends, slot, slot_sends)
  SELECT factor.recipient, $12::int, 1, $13::int, 1 FROM factor, budget
  ON CONFLICT (recipient) DO UPDATE SET day = EXCLUDED.day, sends = CASE WHEN r.day = EXCLUDED.day THEN r.sends + 1 ELSE 1 END,
    slot = EXCLUDED.slot, slot_sends = CASE WHEN r.slot = EXCLUDED.slot THEN r.slot_sends + 1 ELSE 1 END
  WHERE (r.sends < 1000000 OR r.day <> EXCLUDED.day) AND (r.slot_sends < 1000000 OR r.slot <> EXCLUDED.slot)
  RETURNING recipient
), created AS (
  INSERT INTO floor.confirmation (id, subject, factor, factor_version, purpose, data, data_hash, digest, created_at, answer_before, expires_at)
  SELECT $1::uuid, $2::text, $3::uuid, factor.version, $4::text, $5::json, $6::bytea, $7::bytea, $8::timestamptz, $9::timestamptz, $10::timestamptz
  FROM recipient, factor RETURNING *
), logged AS (
  INSERT INTO floor.event (id, type, at, subject, confirmation, sequence, data)
  SELECT $11::uuid, 'requested', created_at, subject, id, sequence, jsonb_build_object('purpose', purpose) FROM created
)
SELECT factor.address FROM created, factor`;

const reserve = /* sql */ `
WITH locked AS (
  SELECT c.id, c.subject FROM floor.confirmation c
  WHERE c.id = $1 AND c.state = 'open' AND c.attempts_left > 0 AND c.expires_at > $2 AND c.answer_before > $2
    AND EXISTS (SELECT FROM floor.factor f WHERE f.id = c.factor AND ${inForce})
  FOR NO KEY UPDATE
), charged AS (
  UPDATE floor.budget b SET day = $3::int, spent = CASE WHEN b.day = $3::int THEN b.spent + 1 ELSE 1 END, streak = b.streak + 1
  FROM locked WHERE b.subject = locked.subject AND (b.spent < 20 OR b.day <> $3::int) AND b.streak < 50
    AND (b.wait_until IS NULL OR b.wait_until <= $2)
  RETURNING b.subject
)
UPDATE floor.confirmation c SET attempts_left = c.attempts_left - 1 FROM charged WHERE c.id = $1 RETURNING c.digest, c.data_hash`;

const confirm = /* sql */ `
WITH locked AS (
  SELECT c.id, c.factor, c.factor_version FROM floor.confirmation c
  WHERE c.id = $1 AND c.state = 'open' AND c.expires_at > $2::timestamptz
  FOR NO KEY UPDATE
), spent AS (
  UPDATE floor.factor f SET last_used_at = $2::timestamptz FROM locked
  WHERE f.id = locked.factor AND f.version = locked.factor_version AND ${inForce} RETURNING f.id
), confirmed AS (
  UPDATE floor.confirmation c SET state = 'confirmed', sequence = c.sequence + 1, confirmed_at = $2::timestamptz
  FROM locked, spent WHERE c.id = locked.id RETURNING c.*
), settled AS (
  UPDATE floor.budget b SET spent = b.spent - 1, streak = 0 FROM confirmed WHERE b.subject = confirmed.subject
), logged AS (
  INSERT INTO floor.event (id, type, at, subject, confirmation, sequence, data)
  SELECT $3::uuid, 'confirmed', $2::timestamptz, subject, id, sequence, '{"method": "otp"}' FROM confirmed
)
SELECT id FROM confirmed`;

/** The hash is over all that it is bound to: purpose, subject, factor and data. */
const use = /* sql */ `
WITH locked AS (
  SELECT c.id, c.factor FROM floor.confirmation c
  WHERE c.id = $1 AND c.state = 'confirmed' AND c.expires_at > $3::timestamptz AND c.data_hash = $2
  FOR NO KEY UPDATE
), held AS (
  SELECT f.id FROM floor.factor f, locked WHERE f.id = locked.factor AND ${inForce} FOR SHARE OF f
), used AS (
  UPDATE floor.confirmation c SET state = 'used', used_at = $3::timestamptz, sequence = c.sequence + 1
  FROM locked, held WHERE c.id = locked.id RETURNING c.*
), logged AS (
  INSERT INTO floor.event (id, type, at, subject, confirmation, sequence, data)
  SELECT $4::uuid, 'used', $3::timestamptz, subject, id, sequence, jsonb_build_object('purpose', purpose) FROM used
)
SELECT id FROM used`;

interface ReservedRow {
  readonly digest: Buffer;
  readonly data_hash: Buffer;
}

export async function openFloorConfirmation(url: string) {
  const { run, close } = await openFloorPool(url, schema);
  const key = randomBytes(32);
  const digestOf = (id: string, hash: Buffer, code: string) =>
    createHmac('sha256', key).update(id).update(hash).update(code).digest();
  return {
    /** A factor in force: its id. */
    async enrol(subject: string, address: string): Promise<string> {
      const id = randomUUID();
      const recipient = createHmac('sha256', key).update(address).digest();
      const text = 'INSERT INTO floor.factor (id, subject, address, recipient) VALUES ($1, $2, $3, $4)';
      await run('floor_enrol', text, [id, subject, address, recipient]);
      return id;
    },
    async confirmation(subject: string, factor: string, purpose: string, data: object): Promise<void> {
      const id = randomUUID();
      const now = new Date();
      const json = JSON.stringify(data);
      const bound = JSON.stringify([purpose, subject, factor, json]);
      const hash = createHash('sha256').update(bound).digest();
      const code = randomInt(100_000_000).toString().padStart(8, '0');
      const day = Math.floor(now.getTime() / 86_400_000);
      const asked = await run('floor_request', request, [
        id,
        subject,
        factor,
        purpose,
        json,
        hash,
        digestOf(id, hash, code),
        now,
        new Date(now.getTime() + 300_000),
        new Date(now.getTime() + 600_000),
        randomUUID(),
        day,
        Math.floor(now.getTime() / 600_000),
      ]);
      if (asked.length !== 1) throw new Error('the floor did not ask');
      const [row] = await run<ReservedRow>('floor_reserve', reserve, [id, new Date(), day]);
      if (!row || !timingSafeEqual(row.digest, digestOf(id, row.data_hash, code)))
        throw new Error('the floor judged its own code wrong');
      const confirmed = await run('floor_confirm', confirm, [id, new Date(), randomUUID()]);
      if (confirmed.length !== 1) throw new Error('the floor did not confirm');
      const expected = createHash('sha256').update(bound).digest();
      const used = await run('floor_use', use, [id, expected, new Date(), randomUUID()]);
      if (used.length !== 1) throw new Error('the floor did not use');
    },
    close,
  };
}
