import { Migration } from '@mikro-orm/migrations';

/**
 * The log in two parts: its end in `event`, what is older in monthly partitions of `event_archive`, so that writing and
 * reading stay what they cost (docs/adr/0030). What stands in the archive stands before everything in `event`.
 *
 * A partition holds a stretch of the log: its key is `logged_at`, which is when an event happened, but never earlier
 * than what stands before it, nor later than it was moved. By `occurred_at` alone one event of a clock that was wrong
 * would stand in another month than its neighbours, and dropping that month would make a hole.
 *
 * Readers of the archive are functions in PL/pgSQL, which PostgreSQL never inlines: a statement that asks them only
 * behind a condition opens no partition as long as it does not hold. They are STABLE, so they see what their statement
 * sees: an event that is moved meanwhile is read once.
 */
export class Migration0010Archive extends Migration {
  override name = '0010-archive';

  override up(): void {
    this.addSql(retention); // First: every event reads the row of the installation, which is locked from its change on.
    this.addSql(places);
    this.addSql(archive);
    this.addSql(readers);
    this.addSql(months);
    this.addSql(installation);
  }
}

const places = /* sql */ `
CREATE TYPE countersign.place AS (epoch integer, txid xid8, sequence integer, id uuid);
COMMENT ON TYPE countersign.place IS 'where an event stands in the log';
`;

const installation = /* sql */ `
ALTER TABLE countersign.installation
  ADD COLUMN archived_until countersign.place NOT NULL DEFAULT ROW(0, '0', 0, '00000000-0000-0000-0000-000000000000')::countersign.place,
  ADD COLUMN archived_logged_at timestamptz NOT NULL DEFAULT '-infinity',
  ADD COLUMN pruned_until countersign.place NOT NULL DEFAULT ROW(0, '0', 0, '00000000-0000-0000-0000-000000000000')::countersign.place,
  ADD COLUMN requests_forgotten_until timestamptz NOT NULL DEFAULT '-infinity',
  ADD COLUMN confirmations_forgotten_until timestamptz NOT NULL DEFAULT '-infinity',
  ADD COLUMN history text;
COMMENT ON COLUMN countersign.installation.archived_until IS 'the greatest place in the archive: who stands there or later need not look into it';
COMMENT ON COLUMN countersign.installation.archived_logged_at IS 'of the event at that place';
COMMENT ON COLUMN countersign.installation.pruned_until IS 'the greatest place that is not kept any more';
COMMENT ON COLUMN countersign.installation.requests_forgotten_until IS 'requests that were over by then may be deleted; their events stay';
COMMENT ON COLUMN countersign.installation.confirmations_forgotten_until IS 'the same of confirmations';
COMMENT ON COLUMN countersign.installation.history IS 'of the cluster, as it was when this epoch began; null: not known';

-- Which cluster this is, and on which of its timelines: the first is made with a cluster, the second with each promotion
-- and each recovery to a point in time. Not from the control file, which has the timeline of the last checkpoint only.
CREATE FUNCTION countersign.database_history()
RETURNS text LANGUAGE plpgsql VOLATILE AS $body$
BEGIN
  RETURN (SELECT system_identifier FROM pg_control_system()) || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8);
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END $body$;
COMMENT ON FUNCTION countersign.database_history() IS 'null where the database does not tell it, as some that others run for you';
`;

const columns = /* sql */ `epoch integer NOT NULL,
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
  context jsonb`;

const archive = /* sql */ `
CREATE TABLE countersign.event_archive (
  ${columns},
  logged_at timestamptz NOT NULL,
  CONSTRAINT event_archive_pkey PRIMARY KEY (epoch, txid, sequence, id, logged_at),
  CONSTRAINT event_archive_once UNIQUE (about_id, sequence, logged_at)
) PARTITION BY RANGE (logged_at);
CREATE INDEX event_archive_subject ON countersign.event_archive (subject_id, epoch, txid, sequence, id);
CREATE TRIGGER archived_event_is_immutable BEFORE UPDATE ON countersign.event_archive FOR EACH ROW
  EXECUTE FUNCTION countersign.refuse_change('an event does not change');
CREATE TRIGGER archived_event_is_kept BEFORE DELETE ON countersign.event_archive FOR EACH ROW
  WHEN (current_setting('countersign.retention', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION countersign.refuse_change('an event is kept');
CREATE TRIGGER archive_is_kept BEFORE TRUNCATE ON countersign.event_archive FOR EACH STATEMENT
  EXECUTE FUNCTION countersign.refuse_change('an event is kept');
COMMENT ON COLUMN countersign.event_archive.logged_at IS 'when it happened, never before what stands in the log before it';
`;

const row =
  'e.epoch, e.txid, e.sequence, e.id, e.type, e.occurred_at, e.subject_id, e.session_id, e.slug, e.about_kind, e.about_id, e.data, e.context';

const readers = /* sql */ `
CREATE TYPE countersign.archived_event AS (
  epoch integer, txid xid8, sequence integer, id uuid, type text, occurred_at timestamptz, subject_id text, session_id text,
  slug text, about_kind text, about_id uuid, data jsonb, context jsonb);

CREATE FUNCTION countersign.archived_after(place countersign.place, events_max integer)
RETURNS SETOF countersign.archived_event LANGUAGE plpgsql STABLE ROWS 100 AS $body$
BEGIN
  RETURN QUERY SELECT ${row} FROM countersign.event_archive e
    WHERE (e.epoch, e.txid, e.sequence, e.id) > (place.epoch, place.txid, place.sequence, place.id)
    ORDER BY e.epoch, e.txid, e.sequence, e.id LIMIT events_max;
END $body$;
COMMENT ON FUNCTION countersign.archived_after(countersign.place, integer) IS 'the archive behind a place, in the order of the log';

CREATE FUNCTION countersign.archived_of_subject(subject text, place countersign.place, events_max integer)
RETURNS SETOF countersign.archived_event LANGUAGE plpgsql STABLE ROWS 100 AS $body$
BEGIN
  RETURN QUERY SELECT ${row} FROM countersign.event_archive e
    WHERE e.subject_id = subject AND (e.epoch, e.txid, e.sequence, e.id) > (place.epoch, place.txid, place.sequence, place.id)
    ORDER BY e.epoch, e.txid, e.sequence, e.id LIMIT events_max;
END $body$;
COMMENT ON FUNCTION countersign.archived_of_subject(text, countersign.place, integer) IS 'the same of one subject';

CREATE FUNCTION countersign.archived_about(about uuid, known integer, events_max integer)
RETURNS SETOF countersign.archived_event LANGUAGE plpgsql STABLE ROWS 10 AS $body$
BEGIN
  RETURN QUERY SELECT ${row} FROM countersign.event_archive e
    WHERE e.about_id = about AND e.sequence > known ORDER BY e.sequence LIMIT events_max;
END $body$;
COMMENT ON FUNCTION countersign.archived_about(uuid, integer, integer) IS 'the archive of one thing, by the numbers of its events';
`;

/**
 * Attached and not made in place: that takes the parent for itself alone, and readers of the archive would wait. They run
 * as the owner of the schema, so that a server needs no right to make tables; nobody else may call them.
 */
const months = /* sql */ `
CREATE FUNCTION countersign.make_archive_month(moment timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'pg_catalog', 'pg_temp' AS $body$
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
END $body$;
REVOKE ALL ON FUNCTION countersign.make_archive_month(timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION countersign.make_archive_month(timestamptz) IS 'the partition of the month of a moment, in UTC';

CREATE FUNCTION countersign.drop_archive_month(before timestamptz)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'pg_catalog', 'pg_temp' AS $body$
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
END $body$;
REVOKE ALL ON FUNCTION countersign.drop_archive_month(timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION countersign.drop_archive_month(timestamptz) IS 'drops the oldest month, if it was over by then, and notes up to where the log is gone';
`;

/**
 * The steps of authenticator apps, which are numbers. Everything else that the retention deletes is found by an index that
 * was there: none was added to a table whose rows are updated.
 */
const retention = /* sql */ `
CREATE INDEX factor_mark_step ON countersign.factor_mark (marked_at) WHERE mark ~ '^[0-9]{1,12}$';
`;
