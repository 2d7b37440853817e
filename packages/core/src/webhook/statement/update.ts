import { statement } from '../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../event/append.ts';
import type { EndpointRow } from '../row.ts';
import { endpointColumns, logEndNow } from './columns.ts';
import { advanceWebhook, webhookEvent } from './webhook-event.ts';

/** What is given is written, be it null; the rest stays. */
interface Update extends EventParameters {
  readonly id: string;
  readonly url: string | null;
  readonly setsDescription: boolean;
  readonly description: string | null;
  readonly setsTypes: boolean;
  readonly types: readonly string[] | null;
  readonly setsSlug: boolean;
  readonly slug: string | null;
  readonly isActive: boolean | null;
}

const changed = `url = coalesce(:url::text, w.url),
    description = CASE WHEN :setsDescription::boolean THEN :description::text ELSE w.description END,
    types = CASE WHEN :setsTypes::boolean THEN :types::text[] ELSE w.types END,
    slug = CASE WHEN :setsSlug::boolean THEN :slug::text ELSE w.slug END,
    updated_at = :now::timestamptz`;

/**
 * Three cases, of which one holds for the locked row: switched off, with its event; switched on, from the present end of
 * the log on; or neither. Who switches off an endpoint that is off changes nothing about why.
 */
export const updateEndpoint = statement<Update, EndpointRow>(
  'webhook_update',
  /* sql */ `
WITH locked AS (
  SELECT w.id, w.is_active FROM countersign.webhook_endpoint w WHERE w.id = :id::uuid FOR NO KEY UPDATE
), switched_off AS (
  UPDATE countersign.webhook_endpoint w SET ${changed}, is_active = false, disabled_reason = 'operator',
    disabled_at = :now::timestamptz, activation = w.activation + 1, ${advanceWebhook}
  FROM locked l WHERE w.id = l.id AND l.is_active AND NOT coalesce(:isActive::boolean, true)
  RETURNING w.*
), switched_on AS (
  UPDATE countersign.webhook_endpoint w SET ${changed}, is_active = true, disabled_reason = NULL, disabled_at = NULL,
    from_epoch = ${logEndNow.epoch}, from_txid = ${logEndNow.txid}
  FROM locked l WHERE w.id = l.id AND NOT l.is_active AND coalesce(:isActive::boolean, false)
  RETURNING w.*
), otherwise AS (
  UPDATE countersign.webhook_endpoint w SET ${changed}
  FROM locked l WHERE w.id = l.id AND l.is_active = coalesce(:isActive::boolean, l.is_active)
  RETURNING w.*
), logged AS (${appendEvents(
    webhookEvent({
      type: 'webhook.disabled',
      from: 'switched_off',
      data: `jsonb_build_object('reason', w.disabled_reason, 'by', :by::text)`,
    }),
  )}
)
SELECT ${endpointColumns} FROM (
  SELECT * FROM switched_off UNION ALL SELECT * FROM switched_on UNION ALL SELECT * FROM otherwise) AS w`,
);
