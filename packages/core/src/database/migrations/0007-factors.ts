import { Migration } from '@mikro-orm/migrations';

/**
 * What a person can prove with, and confirmations. Whatever a method stores of a factor is sealed (AES-256-GCM,
 * bound to subject and factor): no column holds a secret, and a row that is copied to another subject opens nothing.
 *
 * "Exactly one" of a subject, or of the installation, is a constraint that is looked at when a transaction commits, so
 * that switching is one statement; a unique index would refuse it half way.
 */
export class Migration0007Factors extends Migration {
  override name = '0007-factors';

  override up(): void {
    this.addSql(methods);
    this.addSql(factors);
    this.addSql(confirmations);
    this.addSql(challenges);
    this.addSql(requests);
    this.addSql(subjects);
  }
}

const methods = /* sql */ `
CREATE TABLE countersign.method_configuration (
  id uuid PRIMARY KEY,
  method text NOT NULL,
  title text NOT NULL,
  config bytea NOT NULL,
  is_active boolean NOT NULL,
  is_default boolean NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT one_default_method EXCLUDE USING btree (is_default WITH =) WHERE (is_default) DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON COLUMN countersign.method_configuration.config IS 'sealed';
`;

const factors = /* sql */ `
CREATE TABLE countersign.factor (
  id uuid PRIMARY KEY,
  subject_id text NOT NULL,
  method text NOT NULL,
  method_id uuid NOT NULL,
  title text NOT NULL,
  status text NOT NULL CHECK (status IN ('new', 'in_process', 'confirmed')),
  is_active boolean NOT NULL,
  is_default boolean NOT NULL,
  binding text NOT NULL,
  hint text,
  identity bytea,
  config bytea,
  version integer NOT NULL DEFAULT 1,
  renewals integer NOT NULL DEFAULT 0,
  pending bytea,
  pending_hint text,
  pending_identity bytea,
  pending_binding text,
  authorized_by uuid,
  device jsonb,
  sequence integer NOT NULL,
  event_txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  created_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  last_used_at timestamptz,
  removed_at timestamptz,
  CONSTRAINT one_default_factor EXCLUDE USING btree (subject_id WITH =) WHERE (is_default AND removed_at IS NULL)
    DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT one_primary_device EXCLUDE USING btree (subject_id WITH =)
    WHERE ((device->>'isPrimary')::boolean AND removed_at IS NULL) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT confirmed_factor_has_config CHECK ((status = 'confirmed') = (confirmed_at IS NOT NULL)
    AND (config IS NOT NULL) = (status = 'confirmed' AND removed_at IS NULL))
) WITH (fillfactor = 70);
CREATE INDEX factor_subject ON countersign.factor (subject_id, id);
CREATE UNIQUE INDEX factor_identity ON countersign.factor (identity) WHERE removed_at IS NULL;
COMMENT ON COLUMN countersign.factor.identity IS 'digest of what must not exist twice; no key is in it';
COMMENT ON COLUMN countersign.factor.config IS 'sealed; what is in force';
COMMENT ON COLUMN countersign.factor.pending IS 'sealed; what waits for its confirmation';
COMMENT ON COLUMN countersign.factor.version IS 'rises with every change of what is in force';
COMMENT ON COLUMN countersign.factor.renewals IS 'rises when its owner replaces what is in force: an address, a seed; not when a proof uses something up';
COMMENT ON COLUMN countersign.factor.authorized_by IS 'the factor whose proof authorized what waits; null: the service did';
COMMENT ON COLUMN countersign.factor.device IS '{ uuid, name, slug, isPrimary, keyed } of a device';

CREATE TRIGGER factor_is_whose_it_is AFTER UPDATE OF id, subject_id, method, method_id, created_at ON countersign.factor
  FOR EACH ROW EXECUTE FUNCTION countersign.refuse_change('a factor stays whose it is');
CREATE TRIGGER removed_factor_stays_removed AFTER UPDATE ON countersign.factor FOR EACH ROW WHEN (OLD.removed_at IS NOT NULL)
  EXECUTE FUNCTION countersign.refuse_change('a removed factor stays removed');
CREATE TRIGGER factor_version_only_rises AFTER UPDATE OF version ON countersign.factor FOR EACH ROW WHEN (NEW.version < OLD.version)
  EXECUTE FUNCTION countersign.refuse_change('the version of a factor only rises');
CREATE TRIGGER factor_is_kept BEFORE DELETE ON countersign.factor FOR EACH ROW
  WHEN (current_setting('countersign.retention', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION countersign.refuse_change('a factor is kept');

-- A time step, a recovery code: what a factor has proven with, and never will again.
CREATE TABLE countersign.factor_mark (
  factor_id uuid NOT NULL,
  mark text NOT NULL,
  marked_at timestamptz NOT NULL,
  PRIMARY KEY (factor_id, mark)
);
CREATE TRIGGER mark_is_immutable BEFORE UPDATE ON countersign.factor_mark FOR EACH ROW
  EXECUTE FUNCTION countersign.refuse_change('a mark does not change');
CREATE TRIGGER mark_is_kept BEFORE DELETE ON countersign.factor_mark FOR EACH ROW
  WHEN (current_setting('countersign.retention', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION countersign.refuse_change('a mark is kept');
`;

const confirmations = /* sql */ `
CREATE TABLE countersign.confirmation (
  id uuid PRIMARY KEY,
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
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'confirmed', 'used', 'expired')),
  generation integer NOT NULL DEFAULT 1,
  sequence integer NOT NULL,
  event_txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  attempts_max countersign.attempts NOT NULL,
  attempts_left countersign.attempts NOT NULL,
  attempts_open countersign.attempts NOT NULL DEFAULT 0,
  attempted_at timestamptz,
  challenge_id uuid,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  used_at timestamptz,
  CONSTRAINT used_after_confirmed CHECK ((used_at IS NULL OR confirmed_at IS NOT NULL) AND (state = 'used') = (used_at IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX confirmation_expiry ON countersign.confirmation (expires_at);
COMMENT ON COLUMN countersign.confirmation.factor_renewals IS 'of the factor when it proved';
COMMENT ON COLUMN countersign.confirmation.budget_key IS 'whose wrong proofs are counted: the subject, or what stands in for it';
COMMENT ON COLUMN countersign.confirmation.value_hash IS 'of the data alone; null when there is none';
COMMENT ON COLUMN countersign.confirmation.data_hash IS 'of all that it is bound to: what a passkey or a device signs';

CREATE TRIGGER confirmation_is_immutable AFTER UPDATE OF id, subject_id, budget_key, method, method_id, factor_id, purpose, data,
  value_hash, data_hash, display_hash, title, attempts_max, created_at, expires_at ON countersign.confirmation FOR EACH ROW
  EXECUTE FUNCTION countersign.refuse_change('what a confirmation is for does not change');
CREATE TRIGGER confirmation_attempts_are_bounded AFTER UPDATE OF attempts_left ON countersign.confirmation FOR EACH ROW
  WHEN (NEW.attempts_left::smallint + NEW.attempts_open::smallint > NEW.attempts_max::smallint)
  EXECUTE FUNCTION countersign.refuse_change('there are never more attempts than at first');
CREATE TRIGGER confirmation_goes_forward AFTER UPDATE OF state, confirmed_at, used_at ON countersign.confirmation FOR EACH ROW
  WHEN (OLD.state IN ('used', 'expired') OR (OLD.state = 'confirmed' AND NEW.state NOT IN ('used', 'expired'))
    OR (NEW.state = 'used' AND NOT coalesce(NEW.used_at < NEW.expires_at, false))
    OR (OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at))
  EXECUTE FUNCTION countersign.refuse_change('a confirmation is given once and used once, in its time');
CREATE TRIGGER confirmation_is_kept BEFORE DELETE ON countersign.confirmation FOR EACH ROW
  WHEN (current_setting('countersign.retention', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION countersign.refuse_change('a confirmation is kept');
`;

const challenges = /* sql */ `
ALTER TABLE countersign.challenge RENAME COLUMN request_id TO about_id;
ALTER TABLE countersign.challenge
  ADD COLUMN factor_renewals integer,
  ADD COLUMN state jsonb,
  ADD COLUMN digits smallint NOT NULL DEFAULT 0,
  ADD COLUMN asked_by text,
  ADD COLUMN tries_left smallint CHECK (tries_left >= 0);
COMMENT ON COLUMN countersign.challenge.about_id IS 'the request or confirmation that is to be proven';
COMMENT ON COLUMN countersign.challenge.factor_renewals IS 'of the factor that was asked: a message to an address that has changed since proves nothing';
COMMENT ON COLUMN countersign.challenge.state IS 'what its method needs again; no secret';
COMMENT ON COLUMN countersign.challenge.digits IS 'so many digits are shown to who asked; they are derived, not stored';
COMMENT ON COLUMN countersign.challenge.asked_by IS 'the actor and session that may see the digits';
COMMENT ON COLUMN countersign.challenge.tries_left IS 'null: as many as there are attempts';
`;

const requests = /* sql */ `
ALTER TABLE countersign.authorization_request
  ADD COLUMN factor_ids uuid[],
  ADD COLUMN challenges_left smallint NOT NULL DEFAULT 20 CHECK (challenges_left >= 0);
DROP TRIGGER data_is_immutable ON countersign.authorization_request;
CREATE TRIGGER data_is_immutable AFTER UPDATE OF id, slug, subject_id, session_id, data, data_hash, display_hash, title, description, facts,
  related_objects, methods, required_binding, deliver_to, locale, attempts_max, execute_within_seconds, created_at, factor_ids
  ON countersign.authorization_request FOR EACH ROW
  EXECUTE FUNCTION countersign.refuse_change('what an authorization request asks does not change');
CREATE INDEX proof_factor ON countersign.proof (factor_id, proven_at) WHERE factor_id IS NOT NULL;
`;

const subjects = /* sql */ `
ALTER TABLE countersign.subject_security
  ADD COLUMN sequence integer NOT NULL DEFAULT 0,
  ADD COLUMN event_txid xid8,
  ADD COLUMN locked_until timestamptz,
  ADD COLUMN prompted_at timestamptz[] NOT NULL DEFAULT '{}',
  ADD COLUMN prompts jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN muted_until timestamptz,
  ADD COLUMN silenced jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN confirming_until timestamptz[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN countersign.subject_security.sequence IS 'of the events about the subject itself';
COMMENT ON COLUMN countersign.subject_security.locked_until IS 'until when the event that told of a lock holds';
COMMENT ON COLUMN countersign.subject_security.prompted_at IS 'prompts of the last hour since one was answered rightly';
COMMENT ON COLUMN countersign.subject_security.prompts IS 'request -> { slug, until }: prompts that wait, until in ms';
COMMENT ON COLUMN countersign.subject_security.muted_until IS 'no prompts before this: somebody said it was not them';
COMMENT ON COLUMN countersign.subject_security.confirming_until IS 'when each of its latest confirmations expires: what counts against their limit';
COMMENT ON COLUMN countersign.subject_security.silenced IS 'session -> ms: until when it starts nothing';
`;
