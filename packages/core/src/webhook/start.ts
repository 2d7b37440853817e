import type { CoreServices } from '../context.ts';
import type { RunningSubscriber } from '../event/subscriber/start.ts';
import type { Subscription } from '../event/subscriber/subscription.ts';
import { fanOut } from './fan-out.ts';
import { startSender } from './sender.ts';
import type { WebhookOptions } from './settings.ts';

/** Begins to send webhooks on this node: one node reads the log for all, every node sends. */
export function startWebhooks(
  services: CoreServices,
  { transport }: WebhookOptions,
  subscribe: (subscription: Subscription) => RunningSubscriber,
): RunningSubscriber {
  const sender = startSender(services, transport);
  const reading = subscribe(fanOut(services, { onOwed: sender.wake }));
  return {
    async stop() {
      await reading.stop();
      await sender.stop();
    },
  };
}
