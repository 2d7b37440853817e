import { randomBytes } from 'node:crypto';
import type { WebhookOutcome, WebhookSend, WebhookTransport } from '@countersign/core';
import { createWebhookTransport, type WebhookTransportOptions } from '../../src/webhook/transport.ts';

export const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

export const loopback = '127.0.0.1/32';

/** A transport of this product, for one test. */
export function openTransport(options: Partial<WebhookTransportOptions> = {}): WebhookTransport {
  return createWebhookTransport({ userAgent: 'Countersign/test', ...options });
}

/** One try with what a test does not care about. */
export async function deliver(
  transport: WebhookTransport,
  given: Partial<WebhookSend> & Pick<WebhookSend, 'url'>,
): Promise<WebhookOutcome> {
  return await transport.send({
    id: 'evt_1',
    secrets: [newSecret()],
    body: '{"type":"subject.locked"}',
    timeoutSeconds: 30,
    signal: new AbortController().signal,
    ...given,
  });
}

/** What a try ended with: a status, or why there is none. */
export async function endOf(...given: Parameters<typeof deliver>): Promise<number | string> {
  const outcome = await deliver(...given);
  return outcome.kind === 'answered' ? outcome.status : outcome.reason;
}
