-- The schema "countersign" as the migrations leave it, read from the catalogs of PostgreSQL 18.
-- Made by `npm run generate`; a change belongs into packages/core/src/database/migrations. Nothing runs this
-- file: it is here to be reviewed. Left out: owners, privileges but those that PUBLIC loses (nothing of ours gives
-- any), and the one row of "installation", which the first migration inserts.

CREATE SCHEMA countersign;

-- Domains

CREATE DOMAIN countersign.attempts AS smallint CONSTRAINT attempts_check CHECK (VALUE >= 0 AND VALUE <= 5);

-- Composite types

CREATE TYPE countersign.archived_event AS (
  epoch integer,
  txid xid8,
  sequence integer,
  id uuid,
  type text,
  occurred_at timestamp with time zone,
  subject_id text,
  session_id text,
  slug text,
  about_kind text,
  about_id uuid,
  data jsonb,
  context jsonb
);

CREATE TYPE countersign.place AS (
  epoch integer,
  txid xid8,
  sequence integer,
  id uuid
);
COMMENT ON TYPE countersign.place IS 'where an event stands in the log';

CREATE TYPE countersign.receipt AS (
  authorization_request_id text,
  slug text,
  subject_id text,
  session_id text,
  data_hash text,
  display_hash text,
  binding text,
  granted_at timestamp with time zone,
  consumed_at timestamp with time zone
);
COMMENT ON TYPE countersign.receipt IS 'which consent paid for an execution; to be kept beside your own write';

-- Functions

CREATE FUNCTION countersign.archived_about(about uuid, known integer, events_max integer)
 RETURNS SETOF countersign.archived_event
 LANGUAGE plpgsql
 STABLE ROWS 10
AS $function$
BEGIN
  RETURN QUERY SELECT e.epoch, e.txid, e.sequence, e.id, e.type, e.occurred_at, e.subject_id, e.session_id, e.slug, e.about_kind, e.about_id, e.data, e.context FROM countersign.event_archive e
    WHERE e.about_id = about AND e.sequence > known ORDER BY e.sequence LIMIT events_max;
END $function$;
COMMENT ON FUNCTION countersign.archived_about(uuid,integer,integer) IS 'the archive of one thing, by the numbers of its events';

CREATE FUNCTION countersign.archived_after(place countersign.place, events_max integer)
 RETURNS SETOF countersign.archived_event
 LANGUAGE plpgsql
 STABLE ROWS 100
AS $function$
BEGIN
  RETURN QUERY SELECT e.epoch, e.txid, e.sequence, e.id, e.type, e.occurred_at, e.subject_id, e.session_id, e.slug, e.about_kind, e.about_id, e.data, e.context FROM countersign.event_archive e
    WHERE (e.epoch, e.txid, e.sequence, e.id) > (place.epoch, place.txid, place.sequence, place.id)
    ORDER BY e.epoch, e.txid, e.sequence, e.id LIMIT events_max;
END $function$;
COMMENT ON FUNCTION countersign.archived_after(countersign.place,integer) IS 'the archive behind a place, in the order of the log';

CREATE FUNCTION countersign.archived_of_subject(subject text, place countersign.place, events_max integer)
 RETURNS SETOF countersign.archived_event
 LANGUAGE plpgsql
 STABLE ROWS 100
AS $function$
BEGIN
  RETURN QUERY SELECT e.epoch, e.txid, e.sequence, e.id, e.type, e.occurred_at, e.subject_id, e.session_id, e.slug, e.about_kind, e.about_id, e.data, e.context FROM countersign.event_archive e
    WHERE e.subject_id = subject AND (e.epoch, e.txid, e.sequence, e.id) > (place.epoch, place.txid, place.sequence, place.id)
    ORDER BY e.epoch, e.txid, e.sequence, e.id LIMIT events_max;
END $function$;
COMMENT ON FUNCTION countersign.archived_of_subject(text,countersign.place,integer) IS 'the same of one subject';

CREATE FUNCTION countersign.consume(id text, slug text, subject_id text, data jsonb, session_id text DEFAULT NULL::text)
 RETURNS countersign.receipt
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
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
END $function$;
REVOKE ALL ON FUNCTION countersign.consume(text,text,text,jsonb,text) FROM PUBLIC;
COMMENT ON FUNCTION countersign.consume(text,text,text,jsonb,text) IS 'uses a grant once, in the transaction of who calls it: docs/guides/consume-in-sql.md';

CREATE FUNCTION countersign.database_history()
 RETURNS text
 LANGUAGE plpgsql
AS $function$
BEGIN
  RETURN (SELECT system_identifier FROM pg_control_system()) || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8);
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END $function$;
COMMENT ON FUNCTION countersign.database_history() IS 'null where the database does not tell it, as some that others run for you';

CREATE FUNCTION countersign.drop_archive_month(before timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  oldest text;
  last_place countersign.place;
BEGIN
  IF current_setting('countersign.retention', true) IS DISTINCT FROM 'on' THEN
    RAISE EXCEPTION USING ERRCODE = 'CS002', MESSAGE = 'an event is kept';
  END IF;
  SELECT c.relname INTO oldest FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'countersign.event_archive'::regclass ORDER BY c.relname LIMIT 1;
  IF oldest IS NULL OR ((to_date(right(oldest, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC') > before THEN
    RETURN NULL;
  END IF;
  EXECUTE format('SELECT epoch, txid, sequence, id FROM countersign.%I
    ORDER BY epoch DESC, txid DESC, sequence DESC, id DESC LIMIT 1', oldest) INTO last_place;
  EXECUTE format('DROP TABLE countersign.%I', oldest);
  UPDATE countersign.installation SET pruned_until = greatest(pruned_until, last_place) WHERE last_place IS NOT NULL;
  RETURN oldest;
END $function$;
REVOKE ALL ON FUNCTION countersign.drop_archive_month(timestamp with time zone) FROM PUBLIC;
COMMENT ON FUNCTION countersign.drop_archive_month(timestamp with time zone) IS 'drops the oldest month, if it was over by then, and notes up to where the log is gone';

CREATE FUNCTION countersign.keep_decision()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF (NEW.state, NEW.reason, NEW.binding, NEW.generation, NEW.expires_at, NEW.decided_at, NEW.granted_at)
      IS DISTINCT FROM (OLD.state, OLD.reason, OLD.binding, OLD.generation, OLD.expires_at, OLD.decided_at, OLD.granted_at)
    OR (NEW.execute_before IS DISTINCT FROM OLD.execute_before AND NOT coalesce(NEW.execute_before < OLD.execute_before, false))
  THEN RAISE EXCEPTION USING ERRCODE = 'CS002', MESSAGE = 'a decided authorization request does not change';
  END IF;
  RETURN NULL;
END $function$;

CREATE FUNCTION countersign.make_archive_month(moment timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  first CONSTANT timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
  name CONSTANT text := to_char(first, '"event_archive_"YYYY_MM');
BEGIN
  IF to_regclass('countersign.' || name) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE countersign.%I (LIKE countersign.event_archive INCLUDING ALL)', name);
  EXECUTE format('CREATE TRIGGER archive_is_kept BEFORE TRUNCATE ON countersign.%I FOR EACH STATEMENT
    EXECUTE FUNCTION countersign.refuse_change(''an event is kept'')', name);
  EXECUTE format('ALTER TABLE countersign.event_archive ATTACH PARTITION countersign.%I FOR VALUES FROM (%L) TO (%L)',
    name, to_char(first, 'YYYY-MM-DD"+00"'), to_char(first + interval '1 month', 'YYYY-MM-DD"+00"'));
END $function$;
REVOKE ALL ON FUNCTION countersign.make_archive_month(timestamp with time zone) FROM PUBLIC;
COMMENT ON FUNCTION countersign.make_archive_month(timestamp with time zone) IS 'the partition of the month of a moment, in UTC';

CREATE FUNCTION countersign.refuse(reason text, retry_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'CS001', MESSAGE = reason, DETAIL = coalesce(to_char(retry_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '');
END $function$;

CREATE FUNCTION countersign.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'CS002', MESSAGE = TG_ARGV[0];
END $function$;

CREATE FUNCTION countersign.request_uuid(id text)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  SELECT (lpad(to_hex(left(bits, 64)::bit(64)::bigint), 16, '0') || lpad(to_hex(substr(bits, 65, 64)::bit(64)::bigint), 16, '0'))::uuid
  FROM (
    SELECT string_agg((strpos('0123456789abcdefghjkmnpqrstvwxyz', substr(id COLLATE "C", place, 1)) - 1)::bit(5)::text, '' ORDER BY place) AS bits
    FROM generate_series(6, 31) AS place
    WHERE id COLLATE "C" ~ '^areq_[0123456789abcdefghjkmnpqrstvwxyz]{26}$'
  ) AS spelled
  WHERE right(bits, 2) = '00'
$function$;
REVOKE ALL ON FUNCTION countersign.request_uuid(text) FROM PUBLIC;

-- authorization_request

CREATE TABLE countersign.authorization_request (
  id uuid NOT NULL,
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
  state text DEFAULT 'waiting'::text NOT NULL,
  reason text,
  binding text,
  generation integer DEFAULT 1 NOT NULL,
  sequence integer NOT NULL,
  event_txid xid8 DEFAULT pg_current_xact_id() NOT NULL,
  attempts_max countersign.attempts NOT NULL,
  attempts_left countersign.attempts NOT NULL,
  attempts_open countersign.attempts DEFAULT 0 NOT NULL,
  attempted_at timestamp with time zone,
  checked jsonb,
  challenge_id uuid,
  sends_left smallint NOT NULL,
  resend_after timestamp with time zone,
  execute_within_seconds integer NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  decided_at timestamp with time zone,
  granted_at timestamp with time zone,
  execute_before timestamp with time zone,
  consumed_at timestamp with time zone,
  factor_ids uuid[],
  challenges_left smallint DEFAULT 20 NOT NULL,
  CONSTRAINT authorization_request_pkey PRIMARY KEY (id),
  CONSTRAINT authorization_request_challenges_left_check CHECK (challenges_left >= 0)
) WITH (fillfactor=70);
CREATE INDEX authorization_request_expiry ON countersign.authorization_request USING btree (expires_at);
CREATE INDEX authorization_request_related ON countersign.authorization_request
    USING gin (related_objects jsonb_path_ops) WHERE (related_objects <> '[]'::jsonb);
CREATE INDEX authorization_request_subject ON countersign.authorization_request USING btree (subject_id,
    id DESC);
CREATE TRIGGER attempts_are_bounded AFTER UPDATE OF attempts_left ON countersign.authorization_request
    FOR EACH ROW WHEN ((new.attempts_left::smallint + new.attempts_open::smallint) > new.attempts_max::smallint)
    EXECUTE FUNCTION countersign.refuse_change('there are never more attempts than at first');
CREATE TRIGGER data_is_immutable AFTER UPDATE OF id, slug, subject_id, session_id, data, data_hash,
    display_hash, title, description, facts, related_objects, methods, required_binding, deliver_to, locale,
    attempts_max, execute_within_seconds, created_at, factor_ids ON countersign.authorization_request
    FOR EACH ROW
    EXECUTE FUNCTION countersign.refuse_change('what an authorization request asks does not change');
CREATE TRIGGER final_is_final AFTER UPDATE OF state, reason, binding, generation, expires_at, decided_at,
    granted_at, execute_before ON countersign.authorization_request FOR EACH ROW WHEN (old.state <>
    'waiting'::text) EXECUTE FUNCTION countersign.keep_decision();
CREATE TRIGGER grant_is_sound AFTER UPDATE OF state ON countersign.authorization_request FOR EACH ROW
    WHEN (new.state = 'granted'::text AND NOT COALESCE(new.granted_at < new.expires_at
    AND new.execute_before > new.granted_at AND new.binding <> ''::text, false))
    EXECUTE FUNCTION countersign.refuse_change('a grant is made before expiry, with a binding and a window');
CREATE TRIGGER request_is_kept BEFORE DELETE ON countersign.authorization_request FOR EACH ROW
    WHEN (current_setting('countersign.retention'::text, true) IS DISTINCT FROM 'on'::text)
    EXECUTE FUNCTION countersign.refuse_change('an authorization request is kept');
CREATE TRIGGER use_is_once AFTER UPDATE OF consumed_at ON countersign.authorization_request FOR EACH ROW
    WHEN (new.state <> 'granted'::text OR old.consumed_at IS NOT NULL
    OR NOT COALESCE(new.consumed_at < new.execute_before, false))
    EXECUTE FUNCTION countersign.refuse_change('a grant is used once, in its time');
COMMENT ON COLUMN countersign.authorization_request.data IS
    'the canonical text that was hashed, byte for byte: json and not jsonb';
COMMENT ON COLUMN countersign.authorization_request.event_txid IS
    'where its newest event stands in the log: the next one stands there or later';

-- challenge

CREATE TABLE countersign.challenge (
  about_id uuid NOT NULL,
  id uuid NOT NULL,
  generation integer NOT NULL,
  method text NOT NULL,
  factor_id uuid,
  digest bytea,
  key_id text,
  sent_to text,
  options jsonb,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  failed_delivery_at timestamp with time zone,
  factor_renewals integer,
  state jsonb,
  digits smallint DEFAULT 0 NOT NULL,
  asked_by text,
  tries_left smallint,
  CONSTRAINT challenge_pkey PRIMARY KEY (about_id, id),
  CONSTRAINT challenge_tries_left_check CHECK (tries_left >= 0)
);
COMMENT ON COLUMN countersign.challenge.about_id IS 'the request or confirmation that is to be proven';
COMMENT ON COLUMN countersign.challenge.factor_renewals IS
    'of the factor that was asked: a message to an address that has changed since proves nothing';
COMMENT ON COLUMN countersign.challenge.state IS 'what its method needs again; no secret';
COMMENT ON COLUMN countersign.challenge.digits IS
    'so many digits are shown to who asked; they are derived, not stored';
COMMENT ON COLUMN countersign.challenge.asked_by IS 'the actor and session that may see the digits';
COMMENT ON COLUMN countersign.challenge.tries_left IS 'null: as many as there are attempts';

-- confirmation

CREATE TABLE countersign.confirmation (
  id uuid NOT NULL,
  subject_id text,
  budget_key text NOT NULL,
  method text NOT NULL,
  method_id uuid NOT NULL,
  factor_id uuid,
  factor_renewals integer,
  purpose text,
  data json,
  value_hash bytea,
  data_hash bytea NOT NULL,
  display_hash bytea NOT NULL,
  title text NOT NULL,
  state text DEFAULT 'open'::text NOT NULL,
  generation integer DEFAULT 1 NOT NULL,
  sequence integer NOT NULL,
  event_txid xid8 DEFAULT pg_current_xact_id() NOT NULL,
  attempts_max countersign.attempts NOT NULL,
  attempts_left countersign.attempts NOT NULL,
  attempts_open countersign.attempts DEFAULT 0 NOT NULL,
  attempted_at timestamp with time zone,
  challenge_id uuid,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  confirmed_at timestamp with time zone,
  used_at timestamp with time zone,
  CONSTRAINT confirmation_pkey PRIMARY KEY (id),
  CONSTRAINT confirmation_state_check CHECK (state = ANY (ARRAY['open'::text, 'confirmed'::text, 'used'::text,
      'expired'::text])),
  CONSTRAINT used_after_confirmed CHECK ((used_at IS NULL OR confirmed_at IS NOT NULL) AND (state =
      'used'::text) = (used_at IS NOT NULL))
) WITH (fillfactor=70);
CREATE INDEX confirmation_expiry ON countersign.confirmation USING btree (expires_at);
CREATE TRIGGER confirmation_attempts_are_bounded AFTER UPDATE OF attempts_left ON countersign.confirmation
    FOR EACH ROW WHEN ((new.attempts_left::smallint + new.attempts_open::smallint) > new.attempts_max::smallint)
    EXECUTE FUNCTION countersign.refuse_change('there are never more attempts than at first');
CREATE TRIGGER confirmation_goes_forward AFTER UPDATE OF state, confirmed_at, used_at
    ON countersign.confirmation FOR EACH ROW WHEN ((old.state = ANY (ARRAY['used'::text, 'expired'::text]))
    OR old.state = 'confirmed'::text AND (new.state <> ALL (ARRAY['used'::text, 'expired'::text]))
    OR new.state = 'used'::text AND NOT COALESCE(new.used_at < new.expires_at, false)
    OR old.confirmed_at IS NOT NULL AND new.confirmed_at IS DISTINCT FROM old.confirmed_at)
    EXECUTE FUNCTION countersign.refuse_change('a confirmation is given once and used once, in its time');
CREATE TRIGGER confirmation_is_immutable AFTER UPDATE OF id, subject_id, budget_key, method, method_id,
    factor_id, purpose, data, value_hash, data_hash, display_hash, title, attempts_max, created_at, expires_at
    ON countersign.confirmation FOR EACH ROW
    EXECUTE FUNCTION countersign.refuse_change('what a confirmation is for does not change');
CREATE TRIGGER confirmation_is_kept BEFORE DELETE ON countersign.confirmation FOR EACH ROW
    WHEN (current_setting('countersign.retention'::text, true) IS DISTINCT FROM 'on'::text)
    EXECUTE FUNCTION countersign.refuse_change('a confirmation is kept');
COMMENT ON COLUMN countersign.confirmation.budget_key IS
    'whose wrong proofs are counted: the subject, or what stands in for it';
COMMENT ON COLUMN countersign.confirmation.factor_renewals IS 'of the factor when it proved';
COMMENT ON COLUMN countersign.confirmation.value_hash IS 'of the data alone; null when there is none';
COMMENT ON COLUMN countersign.confirmation.data_hash IS
    'of all that it is bound to: what a passkey or a device signs';

-- event

CREATE TABLE countersign.event (
  epoch integer NOT NULL,
  txid xid8 NOT NULL,
  sequence integer NOT NULL,
  id uuid NOT NULL,
  type text NOT NULL,
  occurred_at timestamp with time zone NOT NULL,
  subject_id text,
  session_id text,
  slug text,
  about_kind text NOT NULL,
  about_id uuid NOT NULL,
  data jsonb NOT NULL,
  context jsonb,
  CONSTRAINT event_pkey PRIMARY KEY (epoch, txid, sequence, id),
  CONSTRAINT event_once UNIQUE (about_id, sequence)
);
CREATE INDEX event_subject ON countersign.event USING btree (subject_id, epoch, txid, sequence, id);
CREATE TRIGGER event_is_immutable BEFORE UPDATE ON countersign.event FOR EACH ROW
    EXECUTE FUNCTION countersign.refuse_change('an event does not change');
CREATE TRIGGER event_is_kept BEFORE DELETE ON countersign.event FOR EACH ROW
    WHEN (current_setting('countersign.retention'::text, true) IS DISTINCT FROM 'on'::text)
    EXECUTE FUNCTION countersign.refuse_change('an event is kept');
CREATE TRIGGER event_log_is_kept BEFORE TRUNCATE ON countersign.event FOR EACH STATEMENT
    EXECUTE FUNCTION countersign.refuse_change('an event is kept');

-- event_archive

CREATE TABLE countersign.event_archive (
  epoch integer NOT NULL,
  txid xid8 NOT NULL,
  sequence integer NOT NULL,
  id uuid NOT NULL,
  type text NOT NULL,
  occurred_at timestamp with time zone NOT NULL,
  subject_id text,
  session_id text,
  slug text,
  about_kind text NOT NULL,
  about_id uuid NOT NULL,
  data jsonb NOT NULL,
  context jsonb,
  logged_at timestamp with time zone NOT NULL,
  CONSTRAINT event_archive_pkey PRIMARY KEY (epoch, txid, sequence, id, logged_at),
  CONSTRAINT event_archive_once UNIQUE (about_id, sequence, logged_at)
) PARTITION BY RANGE (logged_at);
CREATE INDEX event_archive_subject ON ONLY countersign.event_archive USING btree (subject_id, epoch, txid,
    sequence, id);
CREATE TRIGGER archive_is_kept BEFORE TRUNCATE ON countersign.event_archive FOR EACH STATEMENT
    EXECUTE FUNCTION countersign.refuse_change('an event is kept');
CREATE TRIGGER archived_event_is_immutable BEFORE UPDATE ON countersign.event_archive FOR EACH ROW
    EXECUTE FUNCTION countersign.refuse_change('an event does not change');
CREATE TRIGGER archived_event_is_kept BEFORE DELETE ON countersign.event_archive FOR EACH ROW
    WHEN (current_setting('countersign.retention'::text, true) IS DISTINCT FROM 'on'::text)
    EXECUTE FUNCTION countersign.refuse_change('an event is kept');
COMMENT ON COLUMN countersign.event_archive.logged_at IS
    'when it happened, never before what stands in the log before it';

-- factor

CREATE TABLE countersign.factor (
  id uuid NOT NULL,
  subject_id text NOT NULL,
  method text NOT NULL,
  method_id uuid NOT NULL,
  title text NOT NULL,
  status text NOT NULL,
  is_active boolean NOT NULL,
  is_default boolean NOT NULL,
  binding text NOT NULL,
  hint text,
  identity bytea,
  config bytea,
  version integer DEFAULT 1 NOT NULL,
  renewals integer DEFAULT 0 NOT NULL,
  pending bytea,
  pending_hint text,
  pending_identity bytea,
  pending_binding text,
  authorized_by uuid,
  device jsonb,
  sequence integer NOT NULL,
  event_txid xid8 DEFAULT pg_current_xact_id() NOT NULL,
  created_at timestamp with time zone NOT NULL,
  confirmed_at timestamp with time zone,
  last_used_at timestamp with time zone,
  removed_at timestamp with time zone,
  CONSTRAINT factor_pkey PRIMARY KEY (id),
  CONSTRAINT one_default_factor EXCLUDE USING btree (subject_id WITH =) WHERE (is_default
      AND removed_at IS NULL) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT one_primary_device EXCLUDE USING btree (subject_id WITH =) WHERE (((device ->>
      'isPrimary'::text)::boolean) AND removed_at IS NULL) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT confirmed_factor_has_config CHECK ((status = 'confirmed'::text) = (confirmed_at IS NOT NULL)
      AND (config IS NOT NULL) = (status = 'confirmed'::text AND removed_at IS NULL)),
  CONSTRAINT factor_status_check CHECK (status = ANY (ARRAY['new'::text, 'in_process'::text,
      'confirmed'::text]))
) WITH (fillfactor=70);
CREATE UNIQUE INDEX factor_identity ON countersign.factor USING btree (identity) WHERE (removed_at IS NULL);
CREATE INDEX factor_subject ON countersign.factor USING btree (subject_id, id);
CREATE TRIGGER factor_is_kept BEFORE DELETE ON countersign.factor FOR EACH ROW
    WHEN (current_setting('countersign.retention'::text, true) IS DISTINCT FROM 'on'::text)
    EXECUTE FUNCTION countersign.refuse_change('a factor is kept');
CREATE TRIGGER factor_is_whose_it_is AFTER UPDATE OF id, subject_id, method, method_id, created_at
    ON countersign.factor FOR EACH ROW EXECUTE FUNCTION countersign.refuse_change('a factor stays whose it is');
CREATE TRIGGER factor_version_only_rises AFTER UPDATE OF version ON countersign.factor FOR EACH ROW
    WHEN (new.version < old.version)
    EXECUTE FUNCTION countersign.refuse_change('the version of a factor only rises');
CREATE TRIGGER removed_factor_stays_removed AFTER UPDATE ON countersign.factor FOR EACH ROW
    WHEN (old.removed_at IS NOT NULL)
    EXECUTE FUNCTION countersign.refuse_change('a removed factor stays removed');
COMMENT ON COLUMN countersign.factor.identity IS 'digest of what must not exist twice; no key is in it';
COMMENT ON COLUMN countersign.factor.config IS 'sealed; what is in force';
COMMENT ON COLUMN countersign.factor.version IS 'rises with every change of what is in force';
COMMENT ON COLUMN countersign.factor.renewals IS
    'rises when its owner replaces what is in force: an address, a seed; not when a proof uses something up';
COMMENT ON COLUMN countersign.factor.pending IS 'sealed; what waits for its confirmation';
COMMENT ON COLUMN countersign.factor.authorized_by IS
    'the factor whose proof authorized what waits; null: the service did';
COMMENT ON COLUMN countersign.factor.device IS '{ uuid, name, slug, isPrimary, keyed } of a device';

-- factor_mark

CREATE TABLE countersign.factor_mark (
  factor_id uuid NOT NULL,
  mark text NOT NULL,
  marked_at timestamp with time zone NOT NULL,
  CONSTRAINT factor_mark_pkey PRIMARY KEY (factor_id, mark)
);
CREATE INDEX factor_mark_step ON countersign.factor_mark USING btree (marked_at) WHERE (mark ~
    '^[0-9]{1,12}$'::text);
CREATE TRIGGER mark_is_immutable BEFORE UPDATE ON countersign.factor_mark FOR EACH ROW
    EXECUTE FUNCTION countersign.refuse_change('a mark does not change');
CREATE TRIGGER mark_is_kept BEFORE DELETE ON countersign.factor_mark FOR EACH ROW
    WHEN (current_setting('countersign.retention'::text, true) IS DISTINCT FROM 'on'::text)
    EXECUTE FUNCTION countersign.refuse_change('a mark is kept');

-- idempotency_key

CREATE TABLE countersign.idempotency_key (
  scope bytea NOT NULL,
  input bytea NOT NULL,
  key_id text NOT NULL,
  outcome jsonb,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT idempotency_key_pkey PRIMARY KEY (scope)
);
CREATE INDEX idempotency_key_expiry ON countersign.idempotency_key USING btree (expires_at);

-- installation

CREATE TABLE countersign.installation (
  singleton boolean DEFAULT true NOT NULL,
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  epoch integer DEFAULT 1 NOT NULL,
  swept_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  archived_until countersign.place DEFAULT ROW(0, '0'::xid8, 0,
      '00000000-0000-0000-0000-000000000000'::uuid)::countersign.place NOT NULL,
  archived_logged_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  pruned_until countersign.place DEFAULT ROW(0, '0'::xid8, 0,
      '00000000-0000-0000-0000-000000000000'::uuid)::countersign.place NOT NULL,
  requests_forgotten_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  confirmations_forgotten_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  history text,
  CONSTRAINT installation_pkey PRIMARY KEY (singleton),
  CONSTRAINT installation_singleton_check CHECK (singleton)
);
COMMENT ON COLUMN countersign.installation.archived_until IS
    'the greatest place in the archive: who stands there or later need not look into it';
COMMENT ON COLUMN countersign.installation.archived_logged_at IS 'of the event at that place';
COMMENT ON COLUMN countersign.installation.pruned_until IS 'the greatest place that is not kept any more';
COMMENT ON COLUMN countersign.installation.requests_forgotten_until IS
    'requests that were over by then may be deleted; their events stay';
COMMENT ON COLUMN countersign.installation.confirmations_forgotten_until IS 'the same of confirmations';
COMMENT ON COLUMN countersign.installation.history IS
    'of the cluster, as it was when this epoch began; null: not known';

-- method_configuration

CREATE TABLE countersign.method_configuration (
  id uuid NOT NULL,
  method text NOT NULL,
  title text NOT NULL,
  config bytea NOT NULL,
  is_active boolean NOT NULL,
  is_default boolean NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT method_configuration_pkey PRIMARY KEY (id),
  CONSTRAINT one_default_method EXCLUDE USING btree (is_default WITH =)
      WHERE (is_default) DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON COLUMN countersign.method_configuration.config IS 'sealed';

-- migration

CREATE SEQUENCE countersign.migration_id_seq AS integer;
CREATE TABLE countersign.migration (
  id integer DEFAULT nextval('countersign.migration_id_seq'::regclass) NOT NULL,
  name character varying(255),
  executed_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT migration_pkey PRIMARY KEY (id)
);
ALTER SEQUENCE countersign.migration_id_seq OWNED BY countersign.migration.id;

-- proof

CREATE TABLE countersign.proof (
  request_id uuid NOT NULL,
  challenge_id uuid NOT NULL,
  subject_id text NOT NULL,
  method text NOT NULL,
  factor_id uuid,
  binding text NOT NULL,
  data_hash bytea NOT NULL,
  display_hash bytea NOT NULL,
  proven_at timestamp with time zone NOT NULL,
  CONSTRAINT proof_pkey PRIMARY KEY (request_id),
  CONSTRAINT proof_challenge_id_key UNIQUE (challenge_id)
);
CREATE INDEX proof_factor ON countersign.proof USING btree (factor_id, proven_at)
    WHERE (factor_id IS NOT NULL);
CREATE TRIGGER proof_is_immutable BEFORE UPDATE ON countersign.proof FOR EACH ROW
    EXECUTE FUNCTION countersign.refuse_change('a proof does not change');
CREATE TRIGGER proof_is_kept BEFORE DELETE ON countersign.proof FOR EACH ROW
    WHEN (current_setting('countersign.retention'::text, true) IS DISTINCT FROM 'on'::text)
    EXECUTE FUNCTION countersign.refuse_change('a proof is kept');

-- recipient_security

CREATE TABLE countersign.recipient_security (
  recipient bytea NOT NULL,
  sent_at timestamp with time zone[] NOT NULL,
  CONSTRAINT recipient_security_pkey PRIMARY KEY (recipient)
) WITH (fillfactor=50);
COMMENT ON COLUMN countersign.recipient_security.recipient IS 'keyed digest of the normalised address';

-- scoped_token

CREATE TABLE countersign.scoped_token (
  id uuid NOT NULL,
  subject_id text NOT NULL,
  session_id text,
  recipient text,
  kid text NOT NULL,
  delegate_of uuid,
  authorization_request_id uuid,
  issued_by text NOT NULL,
  issued_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  revoked_at timestamp with time zone,
  revoked_by text,
  sequence integer DEFAULT 1 NOT NULL,
  event_txid xid8 DEFAULT pg_current_xact_id() NOT NULL,
  delegates_revoked smallint DEFAULT 0 NOT NULL,
  CONSTRAINT scoped_token_pkey PRIMARY KEY (id)
) WITH (fillfactor=90);
CREATE INDEX scoped_token_newest ON countersign.scoped_token USING btree (issued_at DESC, id DESC);
CREATE INDEX scoped_token_request ON countersign.scoped_token USING btree (authorization_request_id)
    WHERE (authorization_request_id IS NOT NULL);
CREATE INDEX scoped_token_session ON countersign.scoped_token USING btree (session_id)
    WHERE (session_id IS NOT NULL);
CREATE INDEX scoped_token_subject ON countersign.scoped_token USING btree (subject_id, issued_at DESC,
    id DESC);
CREATE TRIGGER token_stays_revoked AFTER UPDATE OF revoked_at ON countersign.scoped_token FOR EACH ROW
    WHEN (old.revoked_at IS NOT NULL)
    EXECUTE FUNCTION countersign.refuse_change('a revoked token stays revoked');
COMMENT ON COLUMN countersign.scoped_token.id IS 'the claim jti: its 16 bytes';
COMMENT ON COLUMN countersign.scoped_token.delegates_revoked IS
    'how many of its delegates were revoked one by one';

-- service_key

CREATE TABLE countersign.service_key (
  id uuid NOT NULL,
  title text NOT NULL,
  role text NOT NULL,
  digest bytea NOT NULL,
  secret_key_id text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  created_by text NOT NULL,
  last_used_on date,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  revoked_by text,
  CONSTRAINT service_key_pkey PRIMARY KEY (id),
  CONSTRAINT service_key_digest_key UNIQUE (digest),
  CONSTRAINT revoked_by_somebody CHECK ((revoked_at IS NULL) = (revoked_by IS NULL)),
  CONSTRAINT service_key_digest_check CHECK (octet_length(digest) = 32),
  CONSTRAINT service_key_role_check CHECK (role = ANY (ARRAY['service'::text, 'operator'::text]))
);
CREATE INDEX service_key_in_force ON countersign.service_key USING btree (COALESCE(expires_at,
    'infinity'::timestamp with time zone)) WHERE (revoked_at IS NULL);
CREATE TRIGGER service_key_is_immutable AFTER UPDATE OF id, title, role, digest, secret_key_id, created_at,
    created_by, expires_at ON countersign.service_key FOR EACH ROW
    EXECUTE FUNCTION countersign.refuse_change('a service key does not change');
CREATE TRIGGER service_key_is_kept BEFORE DELETE ON countersign.service_key FOR EACH ROW
    WHEN (current_setting('countersign.retention'::text, true) IS DISTINCT FROM 'on'::text)
    EXECUTE FUNCTION countersign.refuse_change('a service key is kept');
CREATE TRIGGER service_key_stays_revoked AFTER UPDATE OF revoked_at, revoked_by ON countersign.service_key
    FOR EACH ROW WHEN (old.revoked_at IS NOT NULL)
    EXECUTE FUNCTION countersign.refuse_change('a revoked service key stays revoked');
CREATE TRIGGER service_keys_are_kept BEFORE TRUNCATE ON countersign.service_key FOR EACH STATEMENT
    EXECUTE FUNCTION countersign.refuse_change('a service key is kept');
COMMENT ON COLUMN countersign.service_key.digest IS 'HMAC-SHA-256 of role and key';
COMMENT ON COLUMN countersign.service_key.secret_key_id IS
    'from which secret of the deployment the key of the digest is derived';
COMMENT ON COLUMN countersign.service_key.last_used_on IS 'a day in UTC; written once a day';

-- subject_security

CREATE TABLE countersign.subject_security (
  subject_id text NOT NULL,
  charged_at timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL,
  streaks jsonb DEFAULT '{}'::jsonb NOT NULL,
  sent_at timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL,
  waiting_until timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL,
  security_epoch integer DEFAULT 0 NOT NULL,
  sequence integer DEFAULT 0 NOT NULL,
  event_txid xid8,
  locked_until timestamp with time zone,
  prompted_at timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL,
  prompts jsonb DEFAULT '{}'::jsonb NOT NULL,
  muted_until timestamp with time zone,
  silenced jsonb DEFAULT '{}'::jsonb NOT NULL,
  confirming_until timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL,
  CONSTRAINT subject_security_pkey PRIMARY KEY (subject_id)
) WITH (fillfactor=50);
CREATE TRIGGER epoch_only_rises AFTER UPDATE OF security_epoch ON countersign.subject_security FOR EACH ROW
    WHEN (new.security_epoch < old.security_epoch)
    EXECUTE FUNCTION countersign.refuse_change('a security epoch only rises');
COMMENT ON COLUMN countersign.subject_security.charged_at IS 'wrong or unsettled proofs of the last 24 hours';
COMMENT ON COLUMN countersign.subject_security.streaks IS
    'factor -> { count, until }: consecutive wrong proofs and the wait after them, in ms';
COMMENT ON COLUMN countersign.subject_security.sent_at IS 'messages of the last 24 hours';
COMMENT ON COLUMN countersign.subject_security.waiting_until IS
    'when each of its waiting requests expires: what counts against their limit';
COMMENT ON COLUMN countersign.subject_security.security_epoch IS
    'rises when all tokens of the subject are revoked';
COMMENT ON COLUMN countersign.subject_security.sequence IS 'of the events about the subject itself';
COMMENT ON COLUMN countersign.subject_security.locked_until IS
    'until when the event that told of a lock holds';
COMMENT ON COLUMN countersign.subject_security.prompted_at IS
    'prompts of the last hour since one was answered rightly';
COMMENT ON COLUMN countersign.subject_security.prompts IS
    'request -> { slug, until }: prompts that wait, until in ms';
COMMENT ON COLUMN countersign.subject_security.muted_until IS
    'no prompts before this: somebody said it was not them';
COMMENT ON COLUMN countersign.subject_security.silenced IS 'session -> ms: until when it starts nothing';
COMMENT ON COLUMN countersign.subject_security.confirming_until IS
    'when each of its latest confirmations expires: what counts against their limit';

-- subscriber

CREATE TABLE countersign.subscriber (
  name text NOT NULL,
  epoch integer NOT NULL,
  txid xid8 NOT NULL,
  sequence integer NOT NULL,
  id uuid NOT NULL,
  state text DEFAULT 'active'::text NOT NULL,
  failures integer DEFAULT 0 NOT NULL,
  failed_event text,
  failed_at timestamp with time zone,
  failure text,
  retry_at timestamp with time zone,
  node text,
  created_at timestamp with time zone NOT NULL,
  moved_at timestamp with time zone NOT NULL,
  CONSTRAINT subscriber_pkey PRIMARY KEY (name),
  CONSTRAINT subscriber_failures_check CHECK (failures >= 0),
  CONSTRAINT subscriber_state_check CHECK (state = ANY (ARRAY['active'::text, 'parked'::text]))
) WITH (fillfactor=50);
COMMENT ON COLUMN countersign.subscriber.epoch IS 'with txid, sequence, id: the last event that it has';
COMMENT ON COLUMN countersign.subscriber.failures IS 'how often the failed event has failed in a row';
COMMENT ON COLUMN countersign.subscriber.failure IS
    'what kind of error it was, and by which id the log has it; never its text';
COMMENT ON COLUMN countersign.subscriber.node IS 'which process has moved it last';

-- token_key

CREATE TABLE countersign.token_key (
  kid text NOT NULL,
  state text NOT NULL,
  wrapped_root bytea,
  secret_key_id text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  active_at timestamp with time zone,
  retiring_at timestamp with time zone,
  ends_at timestamp with time zone,
  revoked_at timestamp with time zone,
  CONSTRAINT token_key_pkey PRIMARY KEY (kid),
  CONSTRAINT retiring_ends CHECK (state <> 'retiring'::text OR ends_at IS NOT NULL),
  CONSTRAINT root_until_revoked CHECK ((wrapped_root IS NULL) = (state = 'revoked'::text)),
  CONSTRAINT token_key_kid_check CHECK (kid ~ '^[a-z0-9]{1,16}$'::text),
  CONSTRAINT token_key_state_check CHECK (state = ANY (ARRAY['next'::text, 'active'::text, 'retiring'::text,
      'revoked'::text]))
);
CREATE UNIQUE INDEX token_key_one_active ON countersign.token_key USING btree (state) WHERE (state =
    'active'::text);
CREATE UNIQUE INDEX token_key_one_next ON countersign.token_key USING btree (state) WHERE (state =
    'next'::text);
CREATE TRIGGER key_goes_on AFTER UPDATE OF state ON countersign.token_key FOR EACH ROW
    WHEN (new.state <> old.state AND (old.state <> 'next'::text OR new.state <> 'active'::text)
    AND (old.state <> 'active'::text OR new.state <> 'retiring'::text) AND (old.state <> 'next'::text
    OR new.state <> 'revoked'::text) AND (old.state <> 'active'::text OR new.state <> 'revoked'::text)
    AND (old.state <> 'retiring'::text OR new.state <> 'revoked'::text))
    EXECUTE FUNCTION countersign.refuse_change('a token key only goes on to its next state');
COMMENT ON COLUMN countersign.token_key.wrapped_root IS
    'nonce, AES-256-GCM of the root with the kid as additional data, tag';
COMMENT ON COLUMN countersign.token_key.secret_key_id IS 'which secret of the deployment unwraps it';
COMMENT ON COLUMN countersign.token_key.ends_at IS 'when the longest token of a retiring key has expired';

-- token_revocation

CREATE TABLE countersign.token_revocation (
  id uuid NOT NULL,
  txid xid8 DEFAULT pg_current_xact_id() NOT NULL,
  kind text NOT NULL,
  value text NOT NULL,
  minimum_epoch integer,
  not_after timestamp with time zone NOT NULL,
  revoked_at timestamp with time zone NOT NULL,
  revoked_by text NOT NULL,
  CONSTRAINT token_revocation_pkey PRIMARY KEY (id),
  CONSTRAINT epoch_of_subject CHECK ((minimum_epoch IS NOT NULL) = (kind = 'sub'::text)),
  CONSTRAINT token_revocation_kind_check CHECK (kind = ANY (ARRAY['jti'::text, 'jti/cid'::text, 'sid'::text,
      'sub/sid'::text, 'arq'::text, 'kid'::text, 'sub'::text]))
);
CREATE INDEX token_revocation_not_after ON countersign.token_revocation USING btree (not_after, id);
CREATE INDEX token_revocation_txid ON countersign.token_revocation USING btree (txid);
CREATE INDEX token_revocation_value ON countersign.token_revocation USING btree (kind, value);
CREATE TRIGGER revocation_is_immutable BEFORE UPDATE ON countersign.token_revocation FOR EACH ROW
    EXECUTE FUNCTION countersign.refuse_change('a revocation does not change');
CREATE TRIGGER revocation_is_kept BEFORE DELETE ON countersign.token_revocation FOR EACH ROW
    WHEN (current_setting('countersign.retention'::text, true) IS DISTINCT FROM 'on'::text)
    EXECUTE FUNCTION countersign.refuse_change('a revocation is kept');
CREATE TRIGGER revocations_are_kept BEFORE TRUNCATE ON countersign.token_revocation FOR EACH STATEMENT
    EXECUTE FUNCTION countersign.refuse_change('a revocation is kept');
COMMENT ON COLUMN countersign.token_revocation.minimum_epoch IS
    'tokens of the subject from an older epoch are revoked';
COMMENT ON COLUMN countersign.token_revocation.not_after IS
    'the latest expiry of a token that it can concern';

-- webhook_delivery

CREATE TABLE countersign.webhook_delivery (
  id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  activation integer NOT NULL,
  event text NOT NULL,
  type text NOT NULL,
  about_id uuid NOT NULL,
  sequence integer NOT NULL,
  is_replay boolean NOT NULL,
  body text,
  state text DEFAULT 'waiting'::text NOT NULL,
  next_at timestamp with time zone NOT NULL,
  claim uuid,
  history jsonb DEFAULT '[]'::jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL,
  finished_at timestamp with time zone,
  CONSTRAINT webhook_delivery_pkey PRIMARY KEY (id),
  CONSTRAINT finished_or_owed CHECK ((state = 'waiting'::text) = (finished_at IS NULL) AND (state =
      'waiting'::text) = (body IS NOT NULL) AND (state = 'waiting'::text OR claim IS NULL)),
  CONSTRAINT webhook_delivery_state_check CHECK (state = ANY (ARRAY['waiting'::text, 'delivered'::text,
      'failed'::text, 'cancelled'::text]))
) WITH (fillfactor=70);
CREATE INDEX webhook_delivery_due ON countersign.webhook_delivery USING btree (endpoint_id, activation,
    next_at, id) WHERE (state = 'waiting'::text);
CREATE INDEX webhook_delivery_endpoint ON countersign.webhook_delivery USING btree (endpoint_id, id);
CREATE INDEX webhook_delivery_failed ON countersign.webhook_delivery USING btree (endpoint_id, id)
    WHERE (state = 'failed'::text);
CREATE INDEX webhook_delivery_finished ON countersign.webhook_delivery USING btree (finished_at)
    WHERE (finished_at IS NOT NULL);
CREATE UNIQUE INDEX webhook_delivery_owed ON countersign.webhook_delivery USING btree (endpoint_id,
    activation, about_id, sequence) WHERE (state = 'waiting'::text);
CREATE TRIGGER webhook_delivery_is_final BEFORE UPDATE OF state ON countersign.webhook_delivery FOR EACH ROW
    WHEN (old.state <> 'waiting'::text AND new.state IS DISTINCT FROM old.state)
    EXECUTE FUNCTION countersign.refuse_change('a delivery that is over stays over');
COMMENT ON COLUMN countersign.webhook_delivery.event IS
    'the public id of the event, and the id of the message: the same at each try and each replay';
COMMENT ON COLUMN countersign.webhook_delivery.body IS
    'the bytes that are sent, the same at each try; gone when nothing is owed any more';
COMMENT ON COLUMN countersign.webhook_delivery.next_at IS
    'when it is looked at next; while it is claimed: when the claim ends';
COMMENT ON COLUMN countersign.webhook_delivery.claim IS
    'who is sending it: what was sent under another claim writes nothing';
COMMENT ON COLUMN countersign.webhook_delivery.history IS
    'what came of each try: time, status or failure, milliseconds; nothing of what was answered';

-- webhook_endpoint

CREATE TABLE countersign.webhook_endpoint (
  id uuid NOT NULL,
  url text NOT NULL,
  description text,
  types text[],
  slug text,
  is_active boolean NOT NULL,
  activation integer DEFAULT 1 NOT NULL,
  disabled_reason text,
  disabled_at timestamp with time zone,
  secrets bytea NOT NULL,
  previous_until timestamp with time zone,
  from_epoch integer NOT NULL,
  from_txid xid8 NOT NULL,
  delivered_at timestamp with time zone,
  sequence integer DEFAULT 0 NOT NULL,
  event_txid xid8 DEFAULT pg_current_xact_id() NOT NULL,
  created_at timestamp with time zone NOT NULL,
  created_by text NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT webhook_endpoint_pkey PRIMARY KEY (id),
  CONSTRAINT off_for_a_reason CHECK (is_active = (disabled_reason IS NULL)
      AND is_active = (disabled_at IS NULL)),
  CONSTRAINT webhook_endpoint_disabled_reason_check CHECK (disabled_reason = ANY (ARRAY['gone'::text,
      'failing'::text, 'operator'::text]))
) WITH (fillfactor=50);
COMMENT ON COLUMN countersign.webhook_endpoint.types IS 'which events; null: all of them';
COMMENT ON COLUMN countersign.webhook_endpoint.activation IS
    'counts how often it was switched off: what was owed before is not sent';
COMMENT ON COLUMN countersign.webhook_endpoint.secrets IS 'sealed: the secret, and the one before';
COMMENT ON COLUMN countersign.webhook_endpoint.previous_until IS 'until when the secret before signs as well';
COMMENT ON COLUMN countersign.webhook_endpoint.from_txid IS
    'with from_epoch: what the log showed before it was switched on is not its own';
COMMENT ON COLUMN countersign.webhook_endpoint.delivered_at IS
    'when it last took something; written once a minute at most';
