import { Migration } from '@mikro-orm/migrations';

/**
 * Guards that are paid only by who needs them: of a consumption the checks were a fifth and the triggers more.
 * PostgreSQL reads a table's CHECKs from their stored form in every statement, and a BEFORE trigger locks the
 * row once more. So what a column may hold is a domain, which costs who writes it; what a decision must be is
 * the condition of a trigger that runs AFTER and names its columns. (docs/adr/0006) Left to the statements
 * alone: that a state is one of the five, that a row is not inserted with its decision, that there are no sends
 * below zero, and how many attempts are in judgement while none is taken.
 *
 * Waiting requests are counted by the moments they expire, as charges and messages are by theirs: the
 * requests' ids beside them were never asked for.
 */
export class Migration0002LighterGuards extends Migration {
  override name = '0002-lighter-guards';

  override up(): void {
    this.addSql(lighterGuards);
    this.addSql(moments);
  }
}

const lighterGuards = /* sql */ `
ALTER TABLE countersign.authorization_request DROP CONSTRAINT attempts_within, DROP CONSTRAINT decision_complete;
DROP TRIGGER final_is_final ON countersign.authorization_request;
DROP TRIGGER data_is_immutable ON countersign.authorization_request;

CREATE DOMAIN countersign.attempts AS smallint CHECK (VALUE BETWEEN 0 AND 5);
ALTER TABLE countersign.authorization_request
  ALTER COLUMN attempts_max TYPE countersign.attempts,
  ALTER COLUMN attempts_left TYPE countersign.attempts,
  ALTER COLUMN attempts_open TYPE countersign.attempts;

-- Final is final: no path leads out of a decision. The window to execute may only shrink; who has none gets none.
CREATE FUNCTION countersign.keep_decision() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF (NEW.state, NEW.reason, NEW.binding, NEW.generation, NEW.expires_at, NEW.decided_at, NEW.granted_at)
      IS DISTINCT FROM (OLD.state, OLD.reason, OLD.binding, OLD.generation, OLD.expires_at, OLD.decided_at, OLD.granted_at)
    OR (NEW.execute_before IS DISTINCT FROM OLD.execute_before AND NOT coalesce(NEW.execute_before < OLD.execute_before, false))
  THEN RAISE EXCEPTION USING ERRCODE = 'CS002', MESSAGE = 'a decided authorization request does not change';
  END IF;
  RETURN NULL;
END $body$;
CREATE TRIGGER final_is_final
  AFTER UPDATE OF state, reason, binding, generation, expires_at, decided_at, granted_at, execute_before
  ON countersign.authorization_request FOR EACH ROW WHEN (OLD.state <> 'waiting')
  EXECUTE FUNCTION countersign.keep_decision();

-- A grant is made before expiry, with a binding and a window; it is used within that window, and not twice;
-- attempts that are left or being judged were never more than there are. Whatever the statements say.
CREATE TRIGGER grant_is_sound AFTER UPDATE OF state ON countersign.authorization_request FOR EACH ROW
  WHEN (NEW.state = 'granted'
    AND NOT coalesce(NEW.granted_at < NEW.expires_at AND NEW.execute_before > NEW.granted_at AND NEW.binding <> '', false))
  EXECUTE FUNCTION countersign.refuse_change('a grant is made before expiry, with a binding and a window');
CREATE TRIGGER use_is_once AFTER UPDATE OF consumed_at ON countersign.authorization_request FOR EACH ROW
  WHEN (NEW.state <> 'granted' OR OLD.consumed_at IS NOT NULL OR NOT coalesce(NEW.consumed_at < NEW.execute_before, false))
  EXECUTE FUNCTION countersign.refuse_change('a grant is used once, in its time');
CREATE TRIGGER attempts_are_bounded AFTER UPDATE OF attempts_left ON countersign.authorization_request FOR EACH ROW
  WHEN (NEW.attempts_left + NEW.attempts_open > NEW.attempts_max)
  EXECUTE FUNCTION countersign.refuse_change('there are never more attempts than at first');

-- What was asked never changes: not the data, not the text, not whose it is, not where its codes go. No
-- statement of ours names these.
CREATE TRIGGER data_is_immutable
  AFTER UPDATE OF id, slug, subject_id, session_id, data, data_hash, display_hash, title, description, facts, related_objects,
    methods, required_binding, deliver_to, locale, attempts_max, execute_within_seconds, created_at
  ON countersign.authorization_request
  FOR EACH ROW EXECUTE FUNCTION countersign.refuse_change('what an authorization request asks does not change');
`;

const moments = /* sql */ `
ALTER TABLE countersign.subject_security ADD COLUMN waiting_until timestamptz[] NOT NULL DEFAULT '{}';
UPDATE countersign.subject_security s SET waiting_until = ARRAY(SELECT r.expires_at FROM countersign.authorization_request r
  WHERE r.subject_id = s.subject_id AND r.state = 'waiting') WHERE s.waiting <> '{}';
ALTER TABLE countersign.subject_security DROP COLUMN waiting;
COMMENT ON COLUMN countersign.subject_security.waiting_until IS 'when each of its waiting requests expires: what counts against their limit';
`;
