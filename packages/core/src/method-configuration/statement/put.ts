import { statement } from '../../database/statement.ts';

/**
 * Writes one configuration as it is to be; one that becomes the default takes that from the one that has it, in the
 * same statement. That there are never two is a constraint, looked at when the transaction commits.
 */
export const putConfiguration = statement<
  {
    readonly id: string;
    readonly method: string;
    readonly title: string;
    readonly config: Uint8Array;
    readonly isActive: boolean;
    readonly isDefault: boolean;
    readonly now: Date;
  },
  { id: string }
>(
  'method_configuration_put',
  /* sql */ `
WITH switched AS (
  UPDATE countersign.method_configuration SET is_default = false, updated_at = :now::timestamptz
  WHERE :isDefault::boolean AND is_default AND id <> :id::uuid
)
INSERT INTO countersign.method_configuration AS c (id, method, title, config, is_active, is_default, created_at, updated_at)
VALUES (:id::uuid, :method::text, :title::text, :config::bytea, :isActive::boolean, :isDefault::boolean, :now::timestamptz, :now::timestamptz)
ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title, config = EXCLUDED.config, is_active = EXCLUDED.is_active,
  is_default = EXCLUDED.is_default, updated_at = EXCLUDED.updated_at WHERE c.method = EXCLUDED.method
RETURNING c.id`,
);
