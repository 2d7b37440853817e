import { statement } from '../../../database/statement.ts';
import type { Position } from '../../position.ts';

interface Waiting extends Position {
  readonly name: string;
  readonly now: Date;
  readonly event: string;
  readonly why: string;
}

/** Said where operators look, and where `skip` finds it. No failure: what a newer version has counted there stays. */
export const noteWaiting = statement<Waiting, { name: string }>(
  'subscriber_wait',
  /* sql */ `
UPDATE countersign.subscriber SET failed_event = :event::text, failed_at = :now::timestamptz, failure = :why::text
WHERE name = :name::text AND state = 'active' AND failures = 0 AND epoch = :epoch::int AND txid = :txid::text::xid8
  AND sequence = :sequence::int AND id = :id::uuid
RETURNING name`,
);
