import type { WebhookTransport } from './transport.ts';

/** How webhooks leave this process. */
export interface WebhookOptions {
  readonly transport: WebhookTransport;
  /** Whether an endpoint may be `http://localhost…`: for development. Default false. */
  readonly allowsLoopback?: boolean;
}
