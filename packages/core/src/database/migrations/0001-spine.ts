import { Migration } from '@mikro-orm/migrations';

/**
 * The tables of the spine: requests, challenges, proofs, budgets, idempotency keys, the event log, and the
 * guards that hold whatever the code above does.
 *
 * Fillfactor below 100 leaves room on the page for the next version of a row, so that updates touch no
 * index (HOT): 100 % of them at 70 for requests and 50 for budgets. Checks and the conditions of triggers are
 * read from their stored form in every statement, so there are few of them and triggers name their columns.
 * Left out: a partial index on waiting requests, it ends HOT for a third of the updates; foreign keys, 1.14 of
 * a cycle for children that are only ever inserted from their parent's row, in its own statement.
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
  event_txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
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
  CONSTRAINT attempts_within CHECK (attempts_left >= 0 AND attempts_open >= 0 AND attempts_left + attempts_open <= attempts_max
    AND attempts_max <= 5 AND sends_left >= 0),
  CONSTRAINT decision_complete CHECK (CASE state
    WHEN 'waiting' THEN num_nonnulls(decided_at, granted_at, consumed_at) = 0
    WHEN 'granted' THEN num_nulls(decided_at, granted_at, binding, execute_before) = 0 AND granted_at < expires_at
      AND decided_at = granted_at AND (consumed_at IS NULL OR consumed_at < execute_before)
    ELSE state IN ('denied', 'cancelled', 'expired') AND decided_at IS NOT NULL AND num_nonnulls(granted_at, consumed_at) = 0 END)
) WITH (fillfactor = 70);
CREATE INDEX authorization_request_subject ON countersign.authorization_request (subject_id, id DESC);
CREATE INDEX authorization_request_expiry ON countersign.authorization_request (expires_at);
CREATE INDEX authorization_request_related ON countersign.authorization_request
  USING gin (related_objects jsonb_path_ops) WHERE related_objects <> '[]'::jsonb;

COMMENT ON COLUMN countersign.authorization_request.data IS 'the canonical text that was hashed, byte for byte: json and not jsonb';
COMMENT ON COLUMN countersign.authorization_request.event_txid IS 'where its newest event stands in the log: the next one stands there or later';

CREATE TABLE countersign.challenge (
  request_id uuid NOT NULL,
  id uuid NOT NULL,
  generation integer NOT NULL,
  method text NOT NULL,
  factor_id uuid,
  digest bytea,
  key_id text,
  sent_to text,
  options jsonb,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  failed_delivery_at timestamptz,
  PRIMARY KEY (request_id, id)
);

CREATE TABLE countersign.proof (
  request_id uuid PRIMARY KEY,
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
  txid xid8 NOT NULL,
  sequence integer NOT NULL,
  id uuid NOT NULL,
  type text NOT NULL,
  occurred_at timestamptz NOT NULL,
  subject_id text,
  session_id text,
  slug text,
  about_kind text NOT NULL,
  about_id uuid NOT NULL,
  data jsonb NOT NULL,
  context jsonb,
  PRIMARY KEY (epoch, txid, sequence, id),
  CONSTRAINT event_once UNIQUE (about_id, sequence)
);
CREATE INDEX event_subject ON countersign.event (subject_id, epoch, txid, sequence, id);
`;

const guards = /* sql */ `
-- Ends the statement that calls it: every budget it charged so far is given back with it.
CREATE FUNCTION countersign.refuse(reason text, retry_at timestamptz) RETURNS boolean LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'CS001', MESSAGE = reason, DETAIL = coalesce(to_char(retry_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '');
END $body$;

CREATE FUNCTION countersign.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'CS002', MESSAGE = TG_ARGV[0];
END $body$;

-- Final is final: no path leads out of a decision, and a consumption is not undone. The window to execute may
-- only shrink. "OF" columns: an update that does not name them pays nothing.
CREATE TRIGGER final_is_final
  BEFORE UPDATE OF state, reason, binding, generation, expires_at, decided_at, granted_at, execute_before, consumed_at
  ON countersign.authorization_request FOR EACH ROW
  WHEN ((OLD.state <> 'waiting'
      AND ((NEW.state, NEW.reason, NEW.binding, NEW.generation, NEW.expires_at, NEW.decided_at, NEW.granted_at)
        IS DISTINCT FROM (OLD.state, OLD.reason, OLD.binding, OLD.generation, OLD.expires_at, OLD.decided_at, OLD.granted_at)
        OR coalesce(NEW.execute_before > OLD.execute_before, false)))
    OR (OLD.consumed_at IS NOT NULL AND NEW.consumed_at IS DISTINCT FROM OLD.consumed_at))
  EXECUTE FUNCTION countersign.refuse_change('a decided authorization request does not change');

-- What was asked never changes: not the data, not the text, not whose it is, not where its codes go. No
-- statement of ours names these.
CREATE TRIGGER data_is_immutable
  BEFORE UPDATE OF id, slug, subject_id, session_id, data, data_hash, display_hash, title, description, facts, related_objects,
    methods, required_binding, deliver_to, locale, attempts_max, execute_within_seconds, created_at
  ON countersign.authorization_request
  FOR EACH ROW EXECUTE FUNCTION countersign.refuse_change('what an authorization request asks does not change');

-- Kept; only a retention job that has said so in its transaction may remove what is finished.
CREATE TRIGGER request_is_kept BEFORE DELETE ON countersign.authorization_request FOR EACH ROW
  WHEN (current_setting('countersign.retention', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION countersign.refuse_change('an authorization request is kept');
CREATE TRIGGER proof_is_kept BEFORE DELETE ON countersign.proof FOR EACH ROW
  WHEN (current_setting('countersign.retention', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION countersign.refuse_change('a proof is kept');
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
