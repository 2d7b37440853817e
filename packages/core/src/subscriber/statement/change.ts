import { statement } from '../../database/statement.ts';
import type { Position } from '../../event/position.ts';

/** Ready to be tried at once; whatever else is known of its failure stays until it has succeeded. */
export const resumeRow = statement<{ readonly name: string }, { name: string }>(
  'subscriber_resume',
  /* sql */ `
UPDATE countersign.subscriber SET state = 'active', failures = 0, retry_at = NULL WHERE name = :name::text RETURNING name`,
);

/** A batch in progress finds that it was moved, and is rolled back. */
export const placeRow = statement<Position & { readonly name: string; readonly now: Date }, { name: string }>(
  'subscriber_place',
  /* sql */ `
UPDATE countersign.subscriber
SET epoch = :epoch::int, txid = :txid::text::xid8, sequence = :sequence::int, id = :id::uuid, moved_at = :now::timestamptz,
  state = 'active', failures = 0, failed_event = NULL, failed_at = NULL, failure = NULL, retry_at = NULL
WHERE name = :name::text RETURNING name`,
);

export const removeRow = statement<{ readonly name: string }, { name: string }>(
  'subscriber_remove',
  'DELETE FROM countersign.subscriber WHERE name = :name::text RETURNING name',
);
