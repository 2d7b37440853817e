import type { BusMessages } from './bus-message.ts';
import type { EventBus } from './bus.ts';
import { startSubscriber, type RunningSubscriber, type SubscriberHost } from './subscriber/start.ts';

const batchSizeMax = 500;
/** What is older the nodes have read from the database meanwhile: to tell it again would delay what is new. */
const tellSecondsMax = 30;

/**
 * Reads the log for all nodes and puts it on the bus: a durable subscriber like any other, so one at a time, taken over
 * when its node stands still. A crash between the bus and its place tells some events twice, which the bus and each
 * reader notice by their ids. After the bus was away for long it goes on at the present: readers see the gap.
 */
export function startRelay(
  host: SubscriberHost,
  { bus, messages }: { readonly bus: EventBus; readonly messages: Pick<BusMessages, 'write'> },
): RunningSubscriber {
  const { clock } = host.services;
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
    async handle(rows, { after }) {
      const oldest = rows[0]?.occurred_at.getTime() ?? 0;
      const isLate = rows.length === batchSizeMax && clock.now().getTime() - oldest > tellSecondsMax * 1000;
      if (!isLate) await bus.publish(messages.write({ after, rows }));
    },
  });
}
