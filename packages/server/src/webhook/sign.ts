import type { WebhookSend } from '@countersign/core';
import { Webhook } from 'standardwebhooks';

/**
 * The headers of Standard Webhooks 1.0. While an endpoint's secret rotates both sign, so that a receiver which knows
 * either of them accepts; `webhook-timestamp` is that of the try, or a late one would look like a replay.
 */
export function signatureHeaders(
  { id, secrets, body }: Pick<WebhookSend, 'id' | 'secrets' | 'body'>,
  now: Date,
): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  };
}
