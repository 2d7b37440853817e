import { statement } from '../../../database/statement.ts';
import type { Position } from '../../position.ts';

/** A name that is there keeps its place. */
export const registerSubscriber = statement<
  Position & { readonly name: string; readonly now: Date },
  { name: string }
>(
  'subscriber_register',
  /* sql */ `
INSERT INTO countersign.subscriber (name, epoch, txid, sequence, id, created_at, moved_at)
VALUES (:name::text, :epoch::int, :txid::text::xid8, :sequence::int, :id::uuid, :now::timestamptz, :now::timestamptz)
ON CONFLICT (name) DO NOTHING RETURNING name`,
);
