import { Migration } from '@mikro-orm/migrations';

/**
 * The tables of the spine: requests, challenges, proofs, budgets, idempotency keys, the event log, and the
 * guards that hold whatever the code above does.
 *
 * Fillfactor below 100 leaves room on the page for the next version of a row, so that updates touch no
 * index (HOT): 100 % of them at 70 for requests and 50 for budgets. `decision_guard` has a WHEN clause and
 * costs 1.07–1.10 of a cycle; a partial index on waiting requests was left out, it ends HOT for a third.
 */
export class Migration0001Spine extends Migration {
  override name = '0001-spine';

  override up(): void {
    this.addSql(tables);
    this.addSql(guards);
  }
}

const tables = /* sql */ `
CREATE TABLE countersign.installation (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  epoch integer NOT NULL DEFAULT 1,
  swept_until timestamptz NOT NULL DEFAULT '-infinity',
  created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO countersign.installation DEFAULT VALUES;

CREATE TABLE countersign.authorization_request (
  id uuid PRIMARY KEY,
  slug text NOT NULL,
  subject_id text NOT NULL,
  session_id text,
  title text NOT NULL,
  description text,
  facts jsonb NOT NULL,
  data json NOT NULL,
  data_hash bytea NOT NULL,
  display_hash bytea NOT NULL,
  related_objects jsonb NOT NULL,
  methods text[] NOT NULL,
  required_binding text NOT NULL,
  deliver_to jsonb,
  locale text,
  state text NOT NULL DEFAULT 'waiting',
  reason text,
  binding text,
  generation integer NOT NULL DEFAULT 1,
  sequence integer NOT NULL,
  attempts_max smallint NOT NULL,
  attempts_left smallint NOT NULL,
  attempts_open smallint NOT NULL DEFAULT 0,
  attempted_at timestamptz,
  checked jsonb,
  challenge_id uuid,
  sends_left smallint NOT NULL,
  resend_after timestamptz,
  execute_within_seconds integer NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  decided_at timestamptz,
  granted_at timestamptz,
  execute_before timestamptz,
  consumed_at timestamptz,
  CONSTRAINT state_known CHECK (state IN ('waiting', 'granted', 'denied', 'cancelled', 'expired')),
  CONSTRAINT attempts_within CHECK (attempts_max BETWEEN 1 AND 5 AND attempts_left BETWEEN 0 AND attempts_max),
  CONSTRAINT attempts_open_within CHECK (attempts_open BETWEEN 0 AND attempts_max),
  CONSTRAINT sends_within CHECK (sends_left >= 0),
  CONSTRAINT answer_time_within CHECK (expires_at <= created_at + interval '60 minutes'),
  CONSTRAINT granted_completely CHECK ((state = 'granted') = (granted_at IS NOT NULL AND execute_before IS NOT NULL AND binding IS NOT NULL)),
  CONSTRAINT consumed_implies_granted CHECK (consumed_at IS NULL OR (state = 'granted' AND consumed_at < execute_before)),
  CONSTRAINT granted_in_time CHECK (granted_at IS NULL OR granted_at < expires_at),
  CONSTRAINT decided_is_dated CHECK ((state = 'waiting') = (decided_at IS NULL))
) WITH (fillfactor = 70);
CREATE INDEX authorization_request_subject ON countersign.authorization_request (subject_id, id DESC);
CREATE INDEX authorization_request_expiry ON countersign.authorization_request (expires_at);
CREATE INDEX authorization_request_related ON countersign.authorization_request
  USING gin (related_objects jsonb_path_ops) WHERE related_objects <> '[]'::jsonb;

CREATE TABLE countersign.challenge (
  id uuid PRIMARY KEY,
  request_id uuid NOT NULL REFERENCES countersign.authorization_request (id) ON DELETE CASCADE,
  generation integer NOT NULL,
  method text NOT NULL,
  factor_id uuid,
  digest bytea,
  key_id text,
  sent_to text,
  options jsonb,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  failed_delivery_at timestamptz
);
CREATE INDEX challenge_request ON countersign.challenge (request_id);

CREATE TABLE countersign.proof (
  id uuid PRIMARY KEY,
  request_id uuid NOT NULL UNIQUE REFERENCES countersign.authorization_request (id) ON DELETE CASCADE,
  challenge_id uuid NOT NULL UNIQUE,
  subject_id text NOT NULL,
  method text NOT NULL,
  factor_id uuid,
  binding text NOT NULL,
  data_hash bytea NOT NULL,
  display_hash bytea NOT NULL,
  proven_at timestamptz NOT NULL
);

CREATE TABLE countersign.subject_security (
  subject_id text PRIMARY KEY,
  waiting jsonb NOT NULL DEFAULT '{}',
  charged_at timestamptz[] NOT NULL DEFAULT '{}',
  streaks jsonb NOT NULL DEFAULT '{}',
  sent_at timestamptz[] NOT NULL DEFAULT '{}'
) WITH (fillfactor = 50);
COMMENT ON COLUMN countersign.subject_security.waiting IS 'request id -> expiry in ms: what counts against the limit of waiting requests';
COMMENT ON COLUMN countersign.subject_security.charged_at IS 'wrong or unsettled proofs of the last 24 hours';
COMMENT ON COLUMN countersign.subject_security.streaks IS 'factor -> { count, until }: consecutive wrong proofs and the wait after them, in ms';
COMMENT ON COLUMN countersign.subject_security.sent_at IS 'messages of the last 24 hours';

CREATE TABLE countersign.recipient_security (
  recipient bytea PRIMARY KEY,
  sent_at timestamptz[] NOT NULL
) WITH (fillfactor = 50);
COMMENT ON COLUMN countersign.recipient_security.recipient IS 'keyed digest of the normalised address';

CREATE TABLE countersign.idempotency_key (
  scope bytea PRIMARY KEY,
  input bytea NOT NULL,
  key_id text NOT NULL,
  outcome jsonb,
  expires_at timestamptz NOT NULL
);
CREATE INDEX idempotency_key_expiry ON countersign.idempotency_key (expires_at);

CREATE TABLE countersign.event (
  epoch integer NOT NULL,
  txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  id uuid NOT NULL,
  type text NOT NULL,
  occurred_at timestamptz NOT NULL,
  subject_id text,
  session_id text,
  slug text,
  about_kind text NOT NULL,
  about_id uuid NOT NULL,
  sequence integer NOT NULL,
  data jsonb NOT NULL,
  context jsonb,
  PRIMARY KEY (epoch, txid, id),
  CONSTRAINT event_once UNIQUE (about_id, sequence)
);
CREATE INDEX event_subject ON countersign.event (subject_id, epoch, txid, id);
`;

const guards = /* sql */ `
CREATE FUNCTION countersign.iso(moment timestamptz) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

-- Those of the moments that are younger than a limit.
CREATE FUNCTION countersign.since(moments timestamptz[], after timestamptz) RETURNS timestamptz[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ARRAY(SELECT moment FROM unnest(moments) AS moment WHERE moment > after);

-- The moments without one of those that equal the given one.
CREATE FUNCTION countersign.without(moments timestamptz[], moment timestamptz) RETURNS timestamptz[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN array_position(moments, moment) IS NULL THEN moments
    ELSE moments[: array_position(moments, moment) - 1] || moments[array_position(moments, moment) + 1 :] END;

-- Of { id: expiry in ms }, those that have not expired.
CREATE FUNCTION countersign.unexpired(waiting jsonb, now_ms bigint) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (SELECT coalesce(jsonb_object_agg(key, value), '{}'::jsonb) FROM jsonb_each(waiting) WHERE value::bigint > now_ms);

CREATE FUNCTION countersign.ms(moment timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (extract(epoch FROM moment) * 1000)::bigint;

-- A streak one wrong proof longer; from the free ones on, each is followed by a wait that doubles.
CREATE FUNCTION countersign.lengthened(streak jsonb, now_ms bigint, free integer, wait_seconds integer, wait_seconds_max integer)
  RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (
    SELECT jsonb_build_object('count', count, 'until', CASE WHEN count < free THEN 0
      ELSE now_ms + 1000 * least(wait_seconds_max, wait_seconds * power(2, least(count - free, 30)))::bigint END)
    FROM (SELECT coalesce((streak->>'count')::integer, 0) + 1 AS count) AS next);

-- Ends the statement that calls it: every budget it charged so far is given back with it.
CREATE FUNCTION countersign.refuse(reason text, retry_at timestamptz) RETURNS boolean LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'CS001', MESSAGE = reason, DETAIL = coalesce(countersign.iso(retry_at), '');
END $body$;

CREATE FUNCTION countersign.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'CS002', MESSAGE = TG_ARGV[0];
END $body$;

-- Final is final: no path leads out of a decision, and a consumption is not undone.
CREATE TRIGGER final_is_final BEFORE UPDATE ON countersign.authorization_request FOR EACH ROW
  WHEN ((OLD.state <> 'waiting' AND (NEW.state, NEW.decided_at, NEW.generation) IS DISTINCT FROM (OLD.state, OLD.decided_at, OLD.generation))
     OR (OLD.consumed_at IS NOT NULL AND NEW.consumed_at IS DISTINCT FROM OLD.consumed_at))
  EXECUTE FUNCTION countersign.refuse_change('a decided authorization request does not change');

-- What was asked never changes: not the data, not the text, not whose it is.
CREATE TRIGGER data_is_immutable BEFORE UPDATE ON countersign.authorization_request FOR EACH ROW
  WHEN ((NEW.id, NEW.slug, NEW.subject_id, NEW.session_id, NEW.data_hash, NEW.display_hash, NEW.title, NEW.description, NEW.facts, NEW.created_at)
       IS DISTINCT FROM (OLD.id, OLD.slug, OLD.subject_id, OLD.session_id, OLD.data_hash, OLD.display_hash, OLD.title, OLD.description, OLD.facts, OLD.created_at)
     OR NEW.data::text <> OLD.data::text)
  EXECUTE FUNCTION countersign.refuse_change('what an authorization request asks does not change');

CREATE TRIGGER proof_is_immutable BEFORE UPDATE ON countersign.proof FOR EACH ROW
  EXECUTE FUNCTION countersign.refuse_change('a proof does not change');

-- Append-only; only a retention job that has said so in this transaction may remove events.
CREATE TRIGGER event_is_immutable BEFORE UPDATE ON countersign.event FOR EACH ROW
  EXECUTE FUNCTION countersign.refuse_change('an event does not change');
CREATE TRIGGER event_is_kept BEFORE DELETE ON countersign.event FOR EACH ROW
  WHEN (current_setting('countersign.retention', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION countersign.refuse_change('an event is kept');
CREATE TRIGGER event_log_is_kept BEFORE TRUNCATE ON countersign.event
  FOR EACH STATEMENT EXECUTE FUNCTION countersign.refuse_change('an event is kept');
`;
