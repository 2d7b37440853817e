import { Migration } from '@mikro-orm/migrations';

/**
 * Where webhooks go, and what is owed there. What is still owed is a small part of the table at any time: each index
 * that is asked all the time holds that part alone.
 *
 * An endpoint that is switched off begins another activation; what was owed in the one before is never sent.
 */
export class Migration0011Webhooks extends Migration {
  override name = '0011-webhooks';

  override up(): void {
    this.addSql(tables);
    this.addSql(guards);
  }
}

const tables = /* sql */ `
CREATE TABLE countersign.webhook_endpoint (
  id uuid PRIMARY KEY,
  url text NOT NULL,
  description text,
  types text[],
  slug text,
  is_active boolean NOT NULL,
  activation integer NOT NULL DEFAULT 1,
  disabled_reason text CHECK (disabled_reason IN ('gone', 'failing', 'operator')),
  disabled_at timestamptz,
  secrets bytea NOT NULL,
  previous_until timestamptz,
  from_epoch integer NOT NULL,
  from_txid xid8 NOT NULL,
  delivered_at timestamptz,
  sequence integer NOT NULL DEFAULT 0,
  event_txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT off_for_a_reason CHECK (is_active = (disabled_reason IS NULL) AND is_active = (disabled_at IS NULL))
) WITH (fillfactor = 50);
COMMENT ON COLUMN countersign.webhook_endpoint.types IS 'which events; null: all of them';
COMMENT ON COLUMN countersign.webhook_endpoint.activation IS 'counts how often it was switched off: what was owed before is not sent';
COMMENT ON COLUMN countersign.webhook_endpoint.secrets IS 'sealed: the secret, and the one before';
COMMENT ON COLUMN countersign.webhook_endpoint.previous_until IS 'until when the secret before signs as well';
COMMENT ON COLUMN countersign.webhook_endpoint.from_txid IS 'with from_epoch: what the log showed before it was switched on is not its own';
COMMENT ON COLUMN countersign.webhook_endpoint.delivered_at IS 'when it last took something; written once a minute at most';

CREATE TABLE countersign.webhook_delivery (
  id uuid PRIMARY KEY,
  endpoint_id uuid NOT NULL,
  activation integer NOT NULL,
  event text NOT NULL,
  type text NOT NULL,
  about_id uuid NOT NULL,
  sequence integer NOT NULL,
  is_replay boolean NOT NULL,
  body text,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed', 'cancelled')),
  next_at timestamptz NOT NULL,
  claim uuid,
  history jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL,
  finished_at timestamptz,
  CONSTRAINT finished_or_owed CHECK ((state = 'waiting') = (finished_at IS NULL) AND (state = 'waiting') = (body IS NOT NULL)
    AND (state = 'waiting' OR claim IS NULL))
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX webhook_delivery_owed ON countersign.webhook_delivery (endpoint_id, activation, about_id, sequence) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_due ON countersign.webhook_delivery (endpoint_id, activation, next_at, id) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_endpoint ON countersign.webhook_delivery (endpoint_id, id);
CREATE INDEX webhook_delivery_failed ON countersign.webhook_delivery (endpoint_id, id) WHERE state = 'failed';
CREATE INDEX webhook_delivery_finished ON countersign.webhook_delivery (finished_at) WHERE finished_at IS NOT NULL;
COMMENT ON COLUMN countersign.webhook_delivery.event IS 'the public id of the event, and the id of the message: the same at each try and each replay';
COMMENT ON COLUMN countersign.webhook_delivery.body IS 'the bytes that are sent, the same at each try; gone when nothing is owed any more';
COMMENT ON COLUMN countersign.webhook_delivery.next_at IS 'when it is looked at next; while it is claimed: when the claim ends';
COMMENT ON COLUMN countersign.webhook_delivery.claim IS 'who is sending it: what was sent under another claim writes nothing';
COMMENT ON COLUMN countersign.webhook_delivery.history IS 'what came of each try: time, status or failure, milliseconds; nothing of what was answered';
`;

const guards = /* sql */ `
-- What is over stays over: a replay is a delivery of its own.
CREATE TRIGGER webhook_delivery_is_final BEFORE UPDATE OF state ON countersign.webhook_delivery FOR EACH ROW
  WHEN (OLD.state <> 'waiting' AND NEW.state IS DISTINCT FROM OLD.state)
  EXECUTE FUNCTION countersign.refuse_change('a delivery that is over stays over');
`;
