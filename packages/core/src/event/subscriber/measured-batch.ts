import type { CoreServices } from '../../context.ts';
import { declaredName } from '../../telemetry.ts';

type Counting = Pick<CoreServices, 'clock' | 'telemetry'>;

/** A batch as its subscriber handles it, counted. What is handled may still not commit: then it is counted again. */
export async function measuredBatch(
  { clock, telemetry }: Counting,
  name: string,
  events: number,
  handle: () => Promise<void>,
): Promise<void> {
  const subscriber = declaredName(name);
  const startedAt = clock.now().getTime();
  const end = (outcome: 'done' | 'failed') => {
    telemetry.add('subscriber_batches', { subscriber, outcome });
    const seconds = Math.max(0, clock.now().getTime() - startedAt) / 1000;
    telemetry.observe('subscriber_batch_seconds', seconds, { subscriber });
    return { outcome, subscriber, events };
  };
  await telemetry.span('subscriber', null, async (span) => {
    try {
      await handle();
      span.set(end('done'));
      telemetry.add('subscriber_events', { subscriber }, events);
    } catch (error) {
      span.set(end('failed'));
      throw error;
    }
  });
}

export function countParked({ telemetry }: Counting, name: string): void {
  telemetry.add('subscriber_batches', { subscriber: declaredName(name), outcome: 'parked' });
}
