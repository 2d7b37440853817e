import { createHash, createHmac, randomBytes, randomInt, randomUUID, timingSafeEqual } from 'node:crypto';
import { openFloorPool } from './pool.ts';

/**
 * The smallest honest SQL for the guarantees of a cycle, through `pg` with named prepared statements: the
 * same four durable commits (create, reserve, decide, consume), limits per subject and recipient that begin
 * anew with the day (ours look back over any 24 hours), the wait after wrong proofs, the same events in commit
 * order, one proof, one use. No operation, no canonical JSON, no validation, no
 * views, no text for a person, no plug-in, no guards below the code.
 */
const schema = /* sql */ `
CREATE SCHEMA floor;
CREATE TABLE floor.request (
  id uuid PRIMARY KEY, slug text NOT NULL, subject text NOT NULL, data jsonb NOT NULL, data_hash bytea NOT NULL,
  state text NOT NULL DEFAULT 'waiting', generation int NOT NULL DEFAULT 1, sequence int NOT NULL DEFAULT 2,
  attempts_left smallint NOT NULL DEFAULT 5 CHECK (attempts_left >= 0), created_at timestamptz NOT NULL, expires_at timestamptz NOT NULL,
  decided_at timestamptz, execute_before timestamptz, consumed_at timestamptz) WITH (fillfactor = 70);
CREATE INDEX ON floor.request (subject, id DESC);
CREATE INDEX ON floor.request (expires_at);
CREATE TABLE floor.challenge (id uuid PRIMARY KEY, request uuid NOT NULL, generation int NOT NULL, digest bytea NOT NULL, expires_at timestamptz NOT NULL);
CREATE INDEX ON floor.challenge (request);
CREATE TABLE floor.proof (request uuid PRIMARY KEY, challenge uuid NOT NULL UNIQUE, data_hash bytea NOT NULL, proven_at timestamptz NOT NULL);
CREATE TABLE floor.budget (subject text PRIMARY KEY, day int NOT NULL, waiting int NOT NULL DEFAULT 0, sends int NOT NULL DEFAULT 0,
  spent int NOT NULL DEFAULT 0, streak int NOT NULL DEFAULT 0, wait_until timestamptz) WITH (fillfactor = 50);
CREATE TABLE floor.recipient (recipient bytea PRIMARY KEY, day int NOT NULL, sends int NOT NULL, slot int NOT NULL, slot_sends int NOT NULL)
  WITH (fillfactor = 50);
CREATE TABLE floor.event (txid xid8 NOT NULL DEFAULT pg_current_xact_id(), id uuid NOT NULL, type text NOT NULL, at timestamptz NOT NULL,
  subject text NOT NULL, request uuid NOT NULL, sequence int NOT NULL, data jsonb NOT NULL, PRIMARY KEY (txid, id), UNIQUE (request, sequence));
CREATE INDEX ON floor.event (subject, txid, id);
`;

const create = /* sql */ `
WITH budget AS (
  INSERT INTO floor.budget AS b (subject, day, waiting, sends) VALUES ($2::text, $12::int, 1, 1)
  ON CONFLICT (subject) DO UPDATE SET day = EXCLUDED.day, waiting = b.waiting + 1,
    sends = CASE WHEN b.day = EXCLUDED.day THEN b.sends + 1 ELSE 1 END,
    spent = CASE WHEN b.day = EXCLUDED.day THEN b.spent ELSE 0 END
  WHERE b.waiting < 1000000 AND (b.sends < 1000000 OR b.day <> EXCLUDED.day)
  RETURNING subject
), recipient AS (
  INSERT INTO floor.recipient AS r (recipient, day, sends, slot, slot_sends) SELECT $10::bytea, $12::int, 1, $13::int, 1 FROM budget
  ON CONFLICT (recipient) DO UPDATE SET day = EXCLUDED.day, sends = CASE WHEN r.day = EXCLUDED.day THEN r.sends + 1 ELSE 1 END,
    slot = EXCLUDED.slot, slot_sends = CASE WHEN r.slot = EXCLUDED.slot THEN r.slot_sends + 1 ELSE 1 END
  WHERE (r.sends < 1000000 OR r.day <> EXCLUDED.day) AND (r.slot_sends < 1000000 OR r.slot <> EXCLUDED.slot)
  RETURNING recipient
), created AS (
  INSERT INTO floor.request (id, slug, subject, data, data_hash, created_at, expires_at)
  SELECT $1::uuid, 'transfer', $2::text, $3::jsonb, $4::bytea, $5::timestamptz, $6::timestamptz FROM recipient RETURNING *
), issued AS (
  INSERT INTO floor.challenge (id, request, generation, digest, expires_at) SELECT $7::uuid, id, generation, $8::bytea, expires_at FROM created
), logged AS (
  INSERT INTO floor.event (id, type, at, subject, request, sequence, data)
  SELECT $9::uuid, 'created', $5::timestamptz, subject, id, 1, jsonb_build_object('expiresAt', expires_at) FROM created
  UNION ALL SELECT $11::uuid, 'challenged', $5::timestamptz, subject, id, 2, jsonb_build_object('challenge', $7::uuid) FROM created
)
SELECT * FROM created`;

const reserve = /* sql */ `
WITH locked AS (
  SELECT id, subject FROM floor.request
  WHERE id = $1 AND subject = $2 AND state = 'waiting' AND attempts_left > 0 AND expires_at > $3 FOR NO KEY UPDATE
), charged AS (
  UPDATE floor.budget b SET day = $4::int, spent = CASE WHEN b.day = $4::int THEN b.spent + 1 ELSE 1 END, streak = b.streak + 1
  FROM locked WHERE b.subject = locked.subject AND (b.spent < 20 OR b.day <> $4::int) AND b.streak < 50
    AND (b.wait_until IS NULL OR b.wait_until <= $3)
  RETURNING b.subject
), spent AS (
  UPDATE floor.request r SET attempts_left = r.attempts_left - 1 FROM charged WHERE r.id = $1 RETURNING r.*
)
SELECT spent.*, c.id AS challenge, c.digest FROM spent
JOIN floor.challenge c ON c.request = spent.id AND c.generation = spent.generation AND c.expires_at > $3`;

const grant = /* sql */ `
WITH decided AS (
  UPDATE floor.request SET state = 'granted', generation = generation + 1, sequence = sequence + 1, decided_at = $3::timestamptz,
    execute_before = $3::timestamptz + interval '5 minutes'
  WHERE id = $1 AND state = 'waiting' AND generation = $2 AND expires_at > $3::timestamptz RETURNING *
), proved AS (
  INSERT INTO floor.proof SELECT id, $4::uuid, data_hash, $3::timestamptz FROM decided
), settled AS (
  UPDATE floor.budget b SET spent = b.spent - 1, streak = 0, waiting = b.waiting - 1 FROM decided WHERE b.subject = decided.subject
), logged AS (
  INSERT INTO floor.event (id, type, at, subject, request, sequence, data)
  SELECT $5::uuid, 'granted', $3::timestamptz, subject, id, sequence, jsonb_build_object('executeBefore', execute_before) FROM decided
)
SELECT * FROM decided`;

const consume = /* sql */ `
WITH consumed AS (
  UPDATE floor.request SET consumed_at = $4::timestamptz, sequence = sequence + 1
  WHERE id = $1 AND subject = $2 AND data_hash = $3 AND state = 'granted' AND consumed_at IS NULL AND execute_before > $4::timestamptz RETURNING *
), logged AS (
  INSERT INTO floor.event (id, type, at, subject, request, sequence, data)
  SELECT $5::uuid, 'consumed', $4::timestamptz, subject, id, sequence, '{}' FROM consumed
)
SELECT * FROM consumed`;

interface ReservedRow {
  readonly digest: Buffer;
  readonly generation: number;
  readonly challenge: string;
  readonly data_hash: Buffer;
}

export async function openFloorCycle(url: string) {
  const { run, close } = await openFloorPool(url, schema);
  const key = randomBytes(32);
  return {
    async cycle(subject: string, data: object): Promise<void> {
      const id = randomUUID();
      const challenge = randomUUID();
      const now = new Date();
      const json = JSON.stringify(data);
      const hash = createHash('sha256').update(json).digest();
      const code = randomInt(100_000_000).toString().padStart(8, '0');
      const digest = createHmac('sha256', key).update(id).update(hash).update(code).digest();
      const recipient = createHmac('sha256', key).update(subject).digest();
      const expires = new Date(now.getTime() + 300_000);
      const day = Math.floor(now.getTime() / 86_400_000);
      await run('floor_create', create, [
        id,
        subject,
        json,
        hash,
        now,
        expires,
        challenge,
        digest,
        randomUUID(),
        recipient,
        randomUUID(),
        day,
        Math.floor(now.getTime() / 600_000),
      ]);
      const [row] = await run<ReservedRow>('floor_reserve', reserve, [id, subject, new Date(), day]);
      const given = createHmac('sha256', key)
        .update(id)
        .update(row?.data_hash ?? '')
        .update(code)
        .digest();
      if (!row || !timingSafeEqual(row.digest, given)) throw new Error('the floor judged its own code wrong');
      await run('floor_grant', grant, [id, row.generation, new Date(), row.challenge, randomUUID()]);
      const used = await run('floor_consume', consume, [id, subject, hash, new Date(), randomUUID()]);
      if (used.length !== 1) throw new Error('the floor did not consume');
    },
    close,
  };
}
