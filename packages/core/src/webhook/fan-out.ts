import type { CoreServices } from '../context.ts';
import type { Subscription } from '../event/subscriber/subscription.ts';
import { isSince, owedBy, wants } from './owe.ts';
import { oweDeliveries, readEndpointsInForce } from './statement/owe.ts';

/**
 * Reads the log and writes down what is owed, in the transaction in which its place moves on: each event is owed to each
 * endpoint once, whatever crashes (docs/adr/0032). Without endpoints it asks one small question a batch.
 */
export function fanOut(services: CoreServices, { onOwed }: { readonly onOwed: () => void }): Subscription {
  return {
    name: 'countersign.webhooks',
    types: null,
    from: 'now',
    batchSizeMax: 200,
    // What fails here is the database; no event is to blame, and none is passed over.
    attemptsMax: 1_000_000,
    timeoutSeconds: 4,
    async handle(rows, { db }) {
      const endpoints = await db.query(readEndpointsInForce, {});
      const pairs = endpoints.flatMap((endpoint) =>
        rows
          .filter((row) => wants(endpoint, row) && isSince(endpoint, row))
          .map((row) => ({ row, endpoint })),
      );
      const owed = owedBy(services, pairs, { isReplay: false });
      if (owed === null) return;
      await db.query(oweDeliveries, owed);
      onOwed();
    },
  };
}
