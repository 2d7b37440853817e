import { Migration } from '@mikro-orm/migrations';

/**
 * Named readers of the log, each with its place. The place moves in the transaction in which a batch is handled; what
 * went wrong is written outside of it, so that it stays.
 */
export class Migration0009Subscribers extends Migration {
  override name = '0009-subscribers';

  override up(): void {
    this.addSql(/* sql */ `
CREATE TABLE countersign.subscriber (
  name text PRIMARY KEY,
  epoch integer NOT NULL,
  txid xid8 NOT NULL,
  sequence integer NOT NULL,
  id uuid NOT NULL,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'parked')),
  failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
  failed_event text,
  failed_at timestamptz,
  failure text,
  retry_at timestamptz,
  node text,
  created_at timestamptz NOT NULL,
  moved_at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON COLUMN countersign.subscriber.epoch IS 'with txid, sequence, id: the last event that it has';
COMMENT ON COLUMN countersign.subscriber.failures IS 'how often the failed event has failed in a row';
COMMENT ON COLUMN countersign.subscriber.failure IS 'what kind of error it was, and by which id the log has it; never its text';
COMMENT ON COLUMN countersign.subscriber.node IS 'which process has moved it last';
`);
  }
}
