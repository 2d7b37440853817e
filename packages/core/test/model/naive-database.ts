/**
 * Naive versions of core: what a mistake in its statements would write, written by a trigger behind its back.
 * The model, or the invariants read from the tables, must find each.
 */
export const naiveDatabases: Readonly<Record<string, string>> = {
  'a new challenge that refills the attempts (bug 44)': /* sql */ `
    CREATE FUNCTION naive() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN NEW.attempts_left := NEW.attempts_max - NEW.attempts_open; RETURN NEW; END $$;
    CREATE TRIGGER naive BEFORE UPDATE OF challenge_id ON countersign.authorization_request FOR EACH ROW
      EXECUTE FUNCTION naive()`,

  'a new request that makes wrong answers forgotten (bug 15)': /* sql */ `
    CREATE FUNCTION naive() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN UPDATE countersign.subject_security SET charged_at = '{}', streaks = '{}' WHERE subject_id = NEW.subject_id;
        RETURN NULL; END $$;
    CREATE TRIGGER naive AFTER INSERT ON countersign.authorization_request FOR EACH ROW EXECUTE FUNCTION naive()`,

  'a reset that leaves the old codes valid': /* sql */ `
    CREATE FUNCTION naive() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN UPDATE countersign.challenge SET generation = NEW.generation WHERE about_id = NEW.id; RETURN NULL; END $$;
    CREATE TRIGGER naive AFTER UPDATE OF expires_at ON countersign.authorization_request FOR EACH ROW
      EXECUTE FUNCTION naive()`,

  'a consumption that leaves no mark': /* sql */ `
    CREATE FUNCTION naive() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN UPDATE countersign.authorization_request SET consumed_at = NULL WHERE id = NEW.id; RETURN NULL; END $$;
    DROP TRIGGER use_is_once ON countersign.authorization_request;
    CREATE TRIGGER naive AFTER UPDATE OF consumed_at ON countersign.authorization_request FOR EACH ROW
      WHEN (NEW.consumed_at IS NOT NULL) EXECUTE FUNCTION naive()`,

  'a right answer that is charged like a wrong one': /* sql */ `
    CREATE FUNCTION naive() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN NEW.charged_at := OLD.charged_at; RETURN NEW; END $$;
    CREATE TRIGGER naive BEFORE UPDATE OF charged_at ON countersign.subject_security FOR EACH ROW
      WHEN (cardinality(NEW.charged_at) < cardinality(OLD.charged_at)) EXECUTE FUNCTION naive()`,

  'a grant that keeps no proof': /* sql */ `
    CREATE FUNCTION naive() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
    CREATE TRIGGER naive BEFORE INSERT ON countersign.proof FOR EACH ROW EXECUTE FUNCTION naive()`,

  'data that is rewritten after it was asked for': /* sql */ `
    DROP TRIGGER data_is_immutable ON countersign.authorization_request;
    CREATE FUNCTION naive() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN NEW.title := NEW.title || '!'; RETURN NEW; END $$;
    CREATE TRIGGER naive BEFORE UPDATE OF state ON countersign.authorization_request FOR EACH ROW
      EXECUTE FUNCTION naive()`,
};
