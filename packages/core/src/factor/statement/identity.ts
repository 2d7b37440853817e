import { statement } from '../../database/statement.ts';

/** Whether what must not exist twice is in force, by another factor than this one. The unique index has the last word. */
export const identityExists = statement<
  { readonly identity: Uint8Array; readonly id: string },
  { readonly id: string }
>(
  'factor_identity_exists',
  /* sql */ `
SELECT f.id FROM countersign.factor f
WHERE f.identity = :identity::bytea AND f.removed_at IS NULL AND f.id <> :id::uuid LIMIT 1`,
);
