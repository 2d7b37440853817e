import { statement } from '../../../database/statement.ts';
import type { Position } from '../../position.ts';

interface Move extends Position {
  readonly name: string;
  readonly node: string;
  readonly now: Date;
  readonly fromEpoch: number;
  readonly fromTxid: string;
  readonly fromSequence: number;
  readonly fromId: string;
}

/** Only from where the batch began: whoever was overtaken, or moved by an operator, writes nothing. */
export const moveSubscriber = statement<Move, { name: string }>(
  'subscriber_move',
  /* sql */ `
UPDATE countersign.subscriber
SET epoch = :epoch::int, txid = :txid::text::xid8, sequence = :sequence::int, id = :id::uuid, node = :node::text,
  moved_at = :now::timestamptz, failures = 0, failed_event = NULL, failed_at = NULL, failure = NULL, retry_at = NULL
WHERE name = :name::text AND state = 'active' AND epoch = :fromEpoch::int AND txid = :fromTxid::text::xid8
  AND sequence = :fromSequence::int AND id = :fromId::uuid
RETURNING name`,
);
