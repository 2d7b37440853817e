import type { Clock, Logger, WebhookOptions } from '@countersign/core';
import { countersignVersion } from '../cli/version.ts';
import { createAddressGuard } from './address-guard.ts';
import { createWebhookTransport } from './transport.ts';

export interface OpenWebhooksOptions {
  readonly allow: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How webhooks leave this process. An endpoint on this machine is one where the operator has named its addresses. */
export function openWebhooks({ allow, clock, logger }: OpenWebhooksOptions): WebhookOptions {
  const userAgent = `Countersign/${countersignVersion()}`;
  return {
    transport: createWebhookTransport({ allow, userAgent, clock, logger }),
    allowsLoopback: createAddressGuard(allow)('127.0.0.1') === 'allowed',
  };
}
