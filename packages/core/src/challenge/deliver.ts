import type { CoreContext } from '../context.ts';
import type { OutgoingMessage, Send } from '../ports.ts';
import { declaredChannel, silentSpan } from '../telemetry.ts';
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
export async function deliver(
  context: CoreContext,
  delivery: Delivery,
  request: unknown,
  span = silentSpan,
): Promise<boolean> {
  const startedAt = context.clock.now().getTime();
  const outcome = await handOver(context, delivery, request);
  const seconds = Math.max(0, context.clock.now().getTime() - startedAt) / 1000;
  context.telemetry.add('deliveries', { outcome, channel: declaredChannel(delivery.message.channel) });
  context.telemetry.observe('delivery_seconds', seconds, { outcome });
  span.set({ outcome });
  return outcome === 'sent';
}

async function handOver(
  context: CoreContext,
  delivery: Delivery,
  request: unknown,
): Promise<'sent' | 'failed' | 'late'> {
  try {
    const sent = Promise.resolve(delivery.send({ ...delivery.message, request })).then(() => true);
    const inTime = await within(context.limits.sendSecondsMax * 1000, sent, false);
    if (!inTime) {
      context.logger.warn({ challenge: delivery.message.idempotencyKey }, 'the sender took too long');
      sent.catch(() => undefined);
    }
    return inTime ? 'sent' : 'late';
  } catch (error) {
    context.logger.warn(
      { challenge: delivery.message.idempotencyKey, cause: errorName(error) },
      'the sender failed',
    );
    return 'failed';
  }
}

/** A sender's error text may quote the message and with it the code: only its kind is logged. */
function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
