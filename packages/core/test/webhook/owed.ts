import { randomUUID } from 'node:crypto';
import { parseId } from '../../src/id.ts';
import type { CoreContext } from '../../src/index.ts';
import { claimDeliveries, type ClaimedRow } from '../../src/webhook/statement/claim.ts';
import { oweDeliveries } from '../../src/webhook/statement/owe.ts';

/** So many deliveries, each about another thing, as the log would owe them. Returns their events. */
export async function owe(context: CoreContext, endpointId: string, count: number): Promise<string[]> {
  const uuids = Array.from({ length: count }, () => context.ids.uuid());
  const events = uuids.map((uuid) => `evt_${uuid}`);
  await context.db.query(oweDeliveries, {
    events,
    eventTypes: uuids.map(() => 'authorization_request.created'),
    aboutIds: uuids,
    sequences: uuids.map(() => '1'),
    bodies: events.map((event) => JSON.stringify({ event })),
    ids: uuids,
    endpointIds: uuids.map(() => parseId('webhook', endpointId) ?? ''),
    activations: uuids.map(() => '1'),
    places: uuids.map((_, index) => String(index + 1)),
    isReplay: false,
    now: context.clock.now(),
  });
  return events;
}

/** What a sender takes that then says nothing more: a process that has died, or stands still. */
export async function claimAll(context: CoreContext, perEndpointMax = 100) {
  const now = context.clock.now();
  const claim = randomUUID();
  const found = await context.db.query(claimDeliveries, {
    now,
    claim,
    claimedUntil: new Date(now.getTime() + 30_000),
    lookAgainAt: new Date(now.getTime() + 1000),
    busyEndpointIds: [],
    busyCounts: [],
    perEndpointMax,
  });
  const rows: ClaimedRow[] = found.flatMap((row) => (row.is_taken ? [row] : []));
  return { claim, rows };
}
