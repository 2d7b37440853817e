import type { CoreContext } from '../context.ts';
import type { OutgoingMessage, Send } from '../ports.ts';
import { within } from '../within.ts';

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
  try {
    const sent = Promise.resolve(delivery.send({ ...delivery.message, request })).then(() => true);
    const inTime = await within(context.limits.sendSecondsMax * 1000, sent, false);
    if (!inTime) {
      context.logger.warn({ challenge: delivery.message.idempotencyKey }, 'the sender took too long');
      sent.catch(() => undefined);
    }
    return inTime;
  } catch (error) {
    context.logger.warn(
      { challenge: delivery.message.idempotencyKey, cause: errorName(error) },
      'the sender failed',
    );
    return false;
  }
}

/** A sender's error text may quote the message and with it the code: only its kind is logged. */
function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
