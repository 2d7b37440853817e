import { statement } from '../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../event/append.ts';
import { advanceWebhook, webhookEvent } from './webhook-event.ts';

/** Which delivery, by which claim: after another has taken it, the one before writes nothing. */
interface Claimed {
  readonly id: string;
  readonly claim: string;
}

interface Recorded extends Claimed {
  readonly now: Date;
  /** The try as JSON text. */
  readonly tried: string;
}

const isOwn = `d.id = :id::uuid AND d.claim = :claim::uuid AND d.state = 'waiting'`;
const told = 'history = d.history || jsonb_build_array(:tried::jsonb)';
const isOver = `finished_at = :now::timestamptz, claim = NULL, body = NULL, ${told}`;

/** What comes next of the same thing was put off meanwhile: it is due now. */
const releaseNext = (finished: string) => /* sql */ `
  UPDATE countersign.webhook_delivery d SET next_at = :now::timestamptz
  FROM ${finished} AS f CROSS JOIN LATERAL (
    SELECT n.id FROM countersign.webhook_delivery n
    WHERE n.state = 'waiting' AND n.endpoint_id = f.endpoint_id AND n.activation = f.activation AND n.about_id = f.about_id
      AND n.sequence > f.sequence
    ORDER BY n.sequence LIMIT 1
  ) AS next WHERE d.id = next.id AND d.claim IS NULL AND d.next_at > :now::timestamptz`;

/** The endpoint's own row is written once a minute: deliveries to it do not wait for each other. */
export const recordDelivered = statement<Recorded, { id: string }>(
  'webhook_delivered',
  /* sql */ `
WITH delivered AS (
  UPDATE countersign.webhook_delivery d SET state = 'delivered', ${isOver} WHERE ${isOwn} RETURNING d.*
), released AS (${releaseNext('delivered')}
), noted AS (
  UPDATE countersign.webhook_endpoint w SET delivered_at = :now::timestamptz FROM delivered
  WHERE w.id = delivered.endpoint_id AND (w.delivered_at IS NULL OR w.delivered_at <= :now::timestamptz - interval '1 minute')
)
SELECT id FROM delivered`,
);

export const recordRetry = statement<Recorded & { readonly at: Date }, { id: string }>(
  'webhook_retry',
  /* sql */ `
UPDATE countersign.webhook_delivery d SET claim = NULL, next_at = :at::timestamptz, ${told} WHERE ${isOwn} RETURNING d.id`,
);

/** As if it had not been taken. */
export const giveBack = statement<Claimed & { readonly now: Date }, { id: string }>(
  'webhook_give_back',
  /* sql */ `
UPDATE countersign.webhook_delivery d SET claim = NULL, next_at = :now::timestamptz WHERE ${isOwn} RETURNING d.id`,
);

/**
 * The last try has failed. With it ends the endpoint, if it has said that it is gone, or if it has taken nothing since
 * this delivery was first refused; a minute is what its own note is behind. Of several that fail at once, the first one
 * switches it off: the others find it so.
 */
export const recordFailed = statement<
  Recorded & EventParameters & { readonly isGone: boolean },
  { id: string; endpoint_id: string; disabled_reason: string | null }
>(
  'webhook_failed',
  /* sql */ `
WITH failed AS (
  UPDATE countersign.webhook_delivery d SET state = 'failed', ${isOver} WHERE ${isOwn} RETURNING d.*
), released AS (${releaseNext('failed')}
), disabled AS (
  UPDATE countersign.webhook_endpoint w SET is_active = false, disabled_at = :now::timestamptz, activation = w.activation + 1,
    disabled_reason = CASE WHEN :isGone::boolean THEN 'gone' ELSE 'failing' END, updated_at = :now::timestamptz, ${advanceWebhook}
  FROM failed WHERE w.id = failed.endpoint_id AND w.activation = failed.activation AND w.is_active
    AND (:isGone::boolean OR w.delivered_at IS NULL
      OR w.delivered_at < (failed.history -> 0 ->> 'at')::timestamptz - interval '1 minute')
  RETURNING w.*
), logged AS (${appendEvents(
    webhookEvent({
      type: 'webhook.disabled',
      from: 'disabled',
      data: `jsonb_build_object('reason', w.disabled_reason, 'by', :by::text)`,
    }),
  )}
)
SELECT failed.id, failed.endpoint_id, disabled.disabled_reason FROM failed LEFT JOIN disabled ON true`,
);
