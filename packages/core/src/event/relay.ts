import type { BusMessages } from './bus-message.ts';
import type { EventBus } from './bus.ts';
import { formatPosition } from './position.ts';
import { startSubscriber, type RunningSubscriber, type SubscriberHost } from './subscriber/start.ts';

const batchSizeMax = 500;
/** What is older the nodes have read from the database meanwhile: to tell it again would delay what is new. */
const tellSecondsMax = 30;
/** What the bus has refused so often alone, as larger than it takes, it will not take. */
const refusalsMax = 2;

/**
 * Reads the log for all nodes and puts it on the bus: a durable subscriber like any other, so one at a time, taken over
 * when its node stands still. A crash between the bus and its place tells some events twice, which the bus and each
 * reader notice by their ids. After the bus was away for long it goes on at the present, and it passes over what the bus
 * keeps refusing: readers see the gap.
 */
export function startRelay(
  host: SubscriberHost,
  { bus, messages }: { readonly bus: EventBus; readonly messages: Pick<BusMessages, 'write'> },
): RunningSubscriber {
  const { clock, logger } = host.services;
  return startSubscriber(host, {
    name: 'countersign.relay',
    types: null,
    from: 'now',
    batchSizeMax,
    timeoutSeconds: 5,
    attemptsMax: 2 ** 31 - 1,
    retrySecondsMax: 1,
    isEager: true,
    isReady: () => bus.isConnected,
    async handle(rows, { after, attempt }) {
      const [first] = rows;
      if (first && rows.length === 1 && attempt > refusalsMax) {
        const eventId = formatPosition(first);
        logger.warn({ eventId }, 'the bus refuses an event; nodes read it from the database');
        return;
      }
      const oldest = first?.occurred_at.getTime() ?? 0;
      const isLate = rows.length === batchSizeMax && clock.now().getTime() - oldest > tellSecondsMax * 1000;
      if (!isLate) await bus.publish(messages.write({ after, rows }));
    },
  });
}
