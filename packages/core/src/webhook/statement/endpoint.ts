import { statement } from '../../database/statement.ts';
import type { EndpointRow } from '../row.ts';
import { endpointColumns, logEndNow } from './columns.ts';

/** No row when there are so many already: each of them may hold some connections open. */
export const insertEndpoint = statement<
  {
    readonly id: string;
    readonly url: string;
    readonly description: string | null;
    readonly types: readonly string[] | null;
    readonly slug: string | null;
    readonly secrets: Uint8Array;
    readonly by: string;
    readonly now: Date;
    readonly endpointsMax: number;
  },
  EndpointRow
>(
  'webhook_insert',
  /* sql */ `
INSERT INTO countersign.webhook_endpoint AS w
  (id, url, description, types, slug, is_active, secrets, from_epoch, from_txid, created_at, created_by, updated_at)
SELECT :id::uuid, :url::text, :description::text, :types::text[], :slug::text, true, :secrets::bytea, ${logEndNow.epoch}, ${logEndNow.txid},
  :now::timestamptz, :by::text, :now::timestamptz
WHERE (SELECT count(*) FROM countersign.webhook_endpoint) < :endpointsMax::int
RETURNING ${endpointColumns}`,
);

export const listEndpointRows = statement<object, EndpointRow>(
  'webhook_list',
  `SELECT ${endpointColumns} FROM countersign.webhook_endpoint w ORDER BY w.id DESC`,
);

export const readEndpoint = statement<{ readonly id: string }, EndpointRow>(
  'webhook_read',
  `SELECT ${endpointColumns} FROM countersign.webhook_endpoint w WHERE w.id = :id::uuid`,
);

export const readEndpointWithSecrets = statement<
  { readonly id: string },
  EndpointRow & { readonly secrets: Buffer }
>(
  'webhook_read_secrets',
  `SELECT ${endpointColumns}, w.secrets FROM countersign.webhook_endpoint w WHERE w.id = :id::uuid`,
);

/** With its secrets. What is owed to it is cancelled by the sender, a part at a time. */
export const deleteEndpoint = statement<{ readonly id: string }, { id: string }>(
  'webhook_delete',
  'DELETE FROM countersign.webhook_endpoint w WHERE w.id = :id::uuid RETURNING w.id',
);

/** Only if they are what was read: of two rotations at one moment neither takes the other's secret away unseen. */
export const exchangeSecrets = statement<
  {
    readonly id: string;
    readonly old: Uint8Array;
    readonly secrets: Uint8Array;
    readonly previousUntil: Date | null;
    readonly now: Date;
  },
  EndpointRow
>(
  'webhook_exchange_secrets',
  /* sql */ `
UPDATE countersign.webhook_endpoint w SET secrets = :secrets::bytea, previous_until = :previousUntil::timestamptz, updated_at = :now::timestamptz
WHERE w.id = :id::uuid AND w.secrets = :old::bytea RETURNING ${endpointColumns}`,
);
