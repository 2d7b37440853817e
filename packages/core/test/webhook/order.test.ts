import { expect, it } from 'vitest';
import { parseId } from '../../src/id.ts';
import { statement } from '../../src/database/statement.ts';
import { oweDeliveries } from '../../src/webhook/statement/owe.ts';
import { createRandom } from '../../testing/index.ts';
import { openNodes, type Node } from '../scoped-token/stored/two-nodes.ts';
import { answers, createEndpoint, createFarEnd, deliveriesIn, until } from './endpoints.ts';
import { claimAll } from './owed.ts';

const things = 12;
const sequences = 6;

/** Of each thing all events, as one look into the log would owe them. */
async function oweThings({ service }: Node, endpointId: string): Promise<void> {
  const about = Array.from({ length: things }, () => service.ids.uuid());
  const each = about.flatMap((aboutId) =>
    Array.from({ length: sequences }, (_, n) => ({ aboutId, sequence: String(n + 1) })),
  );
  await service.db.query(oweDeliveries, {
    events: each.map(({ aboutId, sequence }) => `evt_${aboutId}/${sequence}`),
    eventTypes: each.map(() => 'authorization_request.created'),
    aboutIds: each.map(({ aboutId }) => aboutId),
    sequences: each.map(({ sequence }) => sequence),
    bodies: each.map(() => '{}'),
    ids: each.map(() => service.ids.uuid()),
    endpointIds: each.map(() => parseId('webhook', endpointId) ?? ''),
    activations: each.map(() => '1'),
    places: each.map((_, index) => String(index + 1)),
    isReplay: false,
    now: service.clock.now(),
  });
}

/** What is due first, without a look at what stands before it. */
const naiveLook = statement<object, { about_id: string }>(
  'naive_look',
  "SELECT d.about_id FROM countersign.webhook_delivery d WHERE d.state = 'waiting' ORDER BY d.next_at, d.id LIMIT 8",
);

it('taking what is due the longest takes several events of one thing at once; a look of ours takes one of each', async () => {
  await using nodes = await openNodes();
  const node = await nodes.open();
  const { id } = await createEndpoint(node);
  await oweThings(node, id);
  const naive = await node.service.db.query(naiveLook, {});
  expect(new Set(naive.map((row) => row.about_id)).size).toBeLessThan(8);
  const taken = new Set<string>();
  // What stands behind another is put off, a part at a look.
  for (let looks = 0; looks < 12; looks += 1)
    for (const row of (await claimAll(node.service)).rows) {
      expect(taken).not.toContain(row.about_id);
      taken.add(row.about_id);
    }
  expect(taken.size).toBe(things);
});

it('of an endpoint that fails now and then, on two nodes, each thing’s events arrive in order: none is sent before the one before was taken, and none twice', async () => {
  const random = createRandom(20_261_122);
  const far = createFarEnd();
  await using nodes = await openNodes();
  const node = await nodes.open({ webhooks: { transport: far } });
  await nodes.open({ webhooks: { transport: far } });
  const { id } = await createEndpoint(node);
  const taken = new Map<string, number>();
  const wrong: string[] = [];
  far.answer('ledger.example', async (sent) => {
    const [thing = '', sequence = ''] = sent.id.split('/');
    if (Number(sequence) !== (taken.get(thing) ?? 0) + 1) wrong.push(sent.id);
    await random.pause(2);
    if (random.next() < 0.3) return answers(500);
    taken.set(thing, Number(sequence));
    return answers(200);
  });
  await oweThings(node, id);
  await until(async () => {
    const waiting = await deliveriesIn(node, 'waiting');
    const now = nodes.clock.now().getTime();
    const next = waiting.map(({ nextTryAt }) => nextTryAt?.getTime() ?? now);
    if (far.open === 0 && next.length > 0 && next.every((moment) => moment > now))
      nodes.clock.set(new Date(Math.min(...next)));
    return waiting.length === 0;
  });
  expect(wrong).toEqual([]);
  expect([...taken.values()]).toEqual(Array.from({ length: things }, () => sequences));
  expect((await deliveriesIn(node, 'delivered')).length).toBe(things * sequences);
});
