import type { CoreServices } from '../context.ts';
import type { EventRow } from '../event/row.ts';
import type { Subscription } from '../event/subscriber/subscription.ts';
import { isSince, owedBy, wants } from './owe.ts';
import { oweDeliveries, readEndpointsInForce, type EndpointInForce } from './statement/owe.ts';

/** Its place in the log: from the first endpoint on, whenever a process begins to send. */
export const fanOutName = 'countersign.webhooks';

/**
 * Reads the log and writes down what is owed, in the transaction in which its place moves on: each event is owed to each
 * endpoint once, whatever crashes (docs/adr/0032). Without endpoints it asks one small question a batch.
 */
export function fanOut(services: CoreServices, { onOwed }: { readonly onOwed: () => void }): Subscription {
  return {
    name: fanOutName,
    types: null,
    from: 'now',
    batchSizeMax: 200,
    // What fails here is the database; no event is to blame, and none is passed over.
    attemptsMax: 1_000_000,
    timeoutSeconds: 4,
    // Only a node that knows a type can make its body. Where no endpoint is owed the event, it holds nobody up.
    async firstOfUnknown(rows, db) {
      const endpoints = await db.query(readEndpointsInForce, {});
      return rows.find((row) => endpoints.some((endpoint) => isFor(endpoint, row)));
    },
    async handle(rows, { db }) {
      const endpoints = await db.query(readEndpointsInForce, {});
      const pairs = endpoints.flatMap((endpoint) =>
        rows.filter((row) => isFor(endpoint, row)).map((row) => ({ row, endpoint })),
      );
      const owed = owedBy(services, pairs, { isReplay: false });
      if (owed === null) return;
      await db.query(oweDeliveries, owed);
      onOwed();
    },
  };
}

function isFor(endpoint: EndpointInForce, row: EventRow): boolean {
  return wants(endpoint, row) && isSince(endpoint, row);
}
