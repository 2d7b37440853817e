import { Migration } from '@mikro-orm/migrations';

/**
 * `countersign.consume`: the consumption for a host whose transaction is not in this process. The same conditional
 * update as `authorization-request/statement/consume.ts`, with its event from the updated row, and the refusals of
 * `authorization-request/state.ts` in the order of the contract. (docs/guides/consume-in-sql.md)
 *
 * It runs with the rights of who migrated, so a host's role needs no right on a table; therefore nothing that a
 * caller can set decides what it does:
 * - `search_path` is fixed, `pg_temp` last: no function, operator or table of a caller's stands in for one of ours
 *   (CVE-2018-1058; PostgreSQL 18, CREATE FUNCTION, "Writing SECURITY DEFINER Functions Safely").
 * - Texts are compared by COLLATE "C": arguments bring their collation along, and one of a caller's own may call
 *   "ada" and "ADA" equal.
 * - No backslash stands in it: `standard_conforming_strings` is the caller's.
 * - PUBLIC loses EXECUTE in the transaction that makes it. A later version is CREATE OR REPLACE: a function that is
 *   dropped takes the grants of operators with it.
 *
 * Data is compared with what is stored by value, as numbers of any precision, which is stricter than the hash: two
 * texts that jsonb calls equal are one double, one string, one set of keys, and so one canonical form; texts that only
 * become equal as doubles (9007199254740993 for 9007199254740992) are refused. Hashing the argument here was rejected:
 * it would need RFC 8785 and the printing of doubles of ECMAScript in SQL, to accept what a person did not read.
 *
 * The row is locked before the clock is read: an update that waits for a transaction which then rolls back goes on
 * without looking at its conditions again, and would use a grant minutes after its time. The update names all of its
 * conditions all the same; what is checked above it only says why.
 */
export class Migration0008ConsumeFunction extends Migration {
  override name = '0008-consume-function';

  override up(): void {
    this.addSql(receipt);
    this.addSql(requestUuid);
    this.addSql(consume);
  }
}

const receipt = /* sql */ `
CREATE TYPE countersign.receipt AS (
  authorization_request_id text,
  slug text,
  subject_id text,
  session_id text,
  data_hash text,
  display_hash text,
  binding text,
  granted_at timestamptz,
  consumed_at timestamptz
);
COMMENT ON TYPE countersign.receipt IS 'which consent paid for an execution; to be kept beside your own write';
`;

const requestUuid = /* sql */ `
-- The UUID behind a public id: 26 characters of five bits, of which the last two are zero. Exactly one spelling.
CREATE FUNCTION countersign.request_uuid(id text) RETURNS uuid LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$
  SELECT (lpad(to_hex(left(bits, 64)::bit(64)::bigint), 16, '0') || lpad(to_hex(substr(bits, 65, 64)::bit(64)::bigint), 16, '0'))::uuid
  FROM (
    SELECT string_agg((strpos('0123456789abcdefghjkmnpqrstvwxyz', substr(id COLLATE "C", place, 1)) - 1)::bit(5)::text, '' ORDER BY place) AS bits
    FROM generate_series(6, 31) AS place
    WHERE id COLLATE "C" ~ '^areq_[0123456789abcdefghjkmnpqrstvwxyz]{26}$'
  ) AS spelled
  WHERE right(bits, 2) = '00'
$body$;
REVOKE ALL ON FUNCTION countersign.request_uuid FROM PUBLIC;
`;

const consume = /* sql */ `
CREATE FUNCTION countersign.consume(id text, slug text, subject_id text, data jsonb, session_id text DEFAULT NULL)
RETURNS countersign.receipt LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  request CONSTANT uuid := countersign.request_uuid(consume.id);
  present record;
  moment timestamptz;
  receipt countersign.receipt;
BEGIN
  SELECT r.state, r.expires_at, r.consumed_at, r.execute_before,
    r.slug = consume.slug COLLATE "C" AND r.data::jsonb = consume.data AS is_same
  INTO present FROM countersign.authorization_request r
  WHERE r.id = request AND r.subject_id = consume.subject_id COLLATE "C"
    AND (r.session_id IS NULL OR r.session_id = consume.session_id COLLATE "C")
  FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'CS101', MESSAGE = 'not_found', DETAIL = 'There is nothing here by that id.';
  END IF;
  moment := date_trunc('milliseconds', clock_timestamp());
  IF present.is_same IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = 'CS102', MESSAGE = 'data_mismatch', DETAIL = 'The authorization was given for other data.';
  ELSIF present.state <> 'granted' THEN
    RAISE EXCEPTION USING ERRCODE = 'CS103', MESSAGE = 'not_granted', DETAIL = format('The authorization request was not granted, it is %s.',
      CASE WHEN present.state = 'waiting' AND present.expires_at <= moment THEN 'expired' ELSE present.state END);
  ELSIF present.consumed_at IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'CS104', MESSAGE = 'already_consumed', DETAIL = 'The authorization was used already.';
  ELSIF present.execute_before > moment IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = 'CS105', MESSAGE = 'execution_window_passed', DETAIL = 'The time to use the authorization has passed.';
  END IF;

  WITH consumed AS (
    UPDATE countersign.authorization_request r
    SET consumed_at = moment, event_txid = greatest(r.event_txid, pg_current_xact_id()), sequence = r.sequence + 1
    WHERE r.id = request AND r.slug = consume.slug COLLATE "C" AND r.subject_id = consume.subject_id COLLATE "C"
      AND (r.session_id IS NULL OR r.session_id = consume.session_id COLLATE "C")
      AND r.data::jsonb = consume.data AND r.state = 'granted' AND r.consumed_at IS NULL AND r.execute_before > moment
    RETURNING r.id, r.slug, r.subject_id, r.session_id, r.binding, r.granted_at, r.consumed_at, r.event_txid, r.sequence,
      translate(encode(r.data_hash, 'base64'), '+/=', '-_') AS data_hash,
      translate(encode(r.display_hash, 'base64'), '+/=', '-_') AS display_hash
  ), logged AS (
    INSERT INTO countersign.event
      (epoch, txid, id, type, occurred_at, subject_id, session_id, slug, about_kind, about_id, sequence, data, context)
    SELECT (SELECT i.epoch FROM countersign.installation i), r.event_txid, gen_random_uuid(), 'authorization_request.consumed',
      r.consumed_at, r.subject_id, r.session_id, r.slug, 'authorization_request', r.id, r.sequence,
      jsonb_build_object('dataHash', r.data_hash, 'by', 'service'), NULL
    FROM consumed AS r
  )
  SELECT consume.id, r.slug, r.subject_id, r.session_id, r.data_hash, r.display_hash, r.binding, r.granted_at, r.consumed_at
  INTO STRICT receipt FROM consumed AS r;
  RETURN receipt;
END $body$;
REVOKE ALL ON FUNCTION countersign.consume FROM PUBLIC;
COMMENT ON FUNCTION countersign.consume IS 'uses a grant once, in the transaction of who calls it: docs/guides/consume-in-sql.md';
`;
