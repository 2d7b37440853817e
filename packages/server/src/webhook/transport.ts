import {
  silentLogger,
  systemClock,
  type Clock,
  type Logger,
  type WebhookFailure,
  type WebhookSend,
  type WebhookTransport,
} from '@countersign/core';
import { createAddressGuard } from './address-guard.ts';
import { post, type Posted } from './post.ts';
import { createResolve, type Resolve } from './resolve.ts';
import { findRoute } from './route.ts';
import { retryAfterSeconds } from './retry-after.ts';
import { signatureHeaders } from './sign.ts';
import { targetOf } from './target.ts';

export interface WebhookTransportOptions {
  /** Networks of the operator's that may be reached although they are not public; default none. */
  readonly allow?: readonly string[];
  /** Certificates to trust instead of the system's. */
  readonly ca?: string | undefined;
  /** Who sends: `Countersign/0.1.0`. */
  readonly userAgent: string;
  readonly resolve?: Resolve;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/**
 * Sends webhooks: finds the address, judges it, signs, posts. Each try has a connection of its own and a limit for
 * everything together, the look-up of the name, the greeting of TLS and an answer that trickles included.
 *
 * @throws TypeError for an `allow` that is no network.
 */
export function createWebhookTransport(options: WebhookTransportOptions): WebhookTransport {
  const { allow = [], ca, userAgent, clock = systemClock, logger = silentLogger } = options;
  const resolve = options.resolve ?? createResolve();
  const routeOptions = { resolve, standingOf: createAddressGuard(allow), knowsLocalNames: allow.length > 0 };

  const tryOnce = async (delivery: WebhookSend, signal: AbortSignal): Promise<Posted> => {
    const target = targetOf(delivery.url);
    if (target === null) return 'address_refused';
    const addresses = await findRoute(target, routeOptions, signal);
    if (typeof addresses === 'string') return addresses;
    if (signal.aborted) return 'connection';
    const headers = {
      'content-type': 'application/json',
      'user-agent': userAgent,
      ...signatureHeaders(delivery, clock.now()),
    };
    return await post({ target, addresses, headers, body: delivery.body, ca, signal });
  };

  return {
    async send(delivery) {
      const startedAt = performance.now();
      const posted = await untilOver(delivery, (signal) => tryOnce(delivery, signal)).catch(
        (err: unknown): WebhookFailure => {
          logger.error({ err }, 'a webhook could not be sent');
          return 'connection';
        },
      );
      const milliseconds = Math.round(performance.now() - startedAt);
      if (typeof posted === 'string') return { kind: 'failed', reason: posted, milliseconds };
      const { status, retryAfter } = posted;
      return {
        kind: 'answered',
        status,
        milliseconds,
        retryAfterSeconds: retryAfterSeconds(retryAfter, clock.now()),
      };
    },
  };
}

/** Ends a try when its time is over or the process stops. An answer whose status is there already counts. */
async function untilOver(
  { timeoutSeconds, signal }: Pick<WebhookSend, 'timeoutSeconds' | 'signal'>,
  run: (signal: AbortSignal) => Promise<Posted>,
): Promise<Posted> {
  if (signal.aborted) return 'aborted';
  const ending = new AbortController();
  let because: WebhookFailure | undefined;
  const end = (reason: WebhookFailure) => {
    because ??= reason;
    ending.abort();
  };
  const stop = () => end('aborted');
  signal.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(end, timeoutSeconds * 1000, 'timed_out');
  try {
    const posted = await run(ending.signal);
    return typeof posted === 'string' ? (because ?? posted) : posted;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
