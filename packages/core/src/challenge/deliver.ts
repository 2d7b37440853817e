import { setTimeout as sleep } from 'node:timers/promises';
import type { CoreContext } from '../context.ts';
import type { OutgoingMessage, Send } from '../ports.ts';

/** A message that waits for its commit. */
export interface Delivery {
  readonly send: Send;
  readonly message: Omit<OutgoingMessage, 'request'>;
}

/**
 * Hands the message over, after the commit: a sender that is slow or fails holds no lock and undoes
 * nothing. False when it failed or took longer than it may.
 */
export async function deliver(context: CoreContext, delivery: Delivery, request: unknown): Promise<boolean> {
  const limit = new AbortController();
  try {
    const sent = Promise.resolve(delivery.send({ ...delivery.message, request })).then(() => true);
    const late = sleep(context.limits.sendSecondsMax * 1000, false, { signal: limit.signal, ref: false });
    const inTime = await Promise.race([sent, late]);
    if (!inTime) {
      context.logger.warn({ challenge: delivery.message.idempotencyKey }, 'the sender took too long');
      sent.catch(() => undefined);
    }
    return inTime;
  } catch (error) {
    context.logger.warn({ challenge: delivery.message.idempotencyKey, cause: errorName(error) }, 'the sender failed');
    return false;
  } finally {
    limit.abort();
  }
}

/** A sender's error text may quote the message and with it the code: only its kind is logged. */
function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
