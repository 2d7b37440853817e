import { describe, expect, it } from 'vitest';
import { createTestClock } from '../../testing/index.ts';
import { openNodes, type Node, type Nodes } from '../scoped-token/stored/two-nodes.ts';
import {
  answers,
  bodyOf,
  createEndpoint,
  createFarEnd,
  deliveriesIn,
  until,
  type FarEnd,
} from './endpoints.ts';
import { claimAll, owe } from './owed.ts';

const hour = 3_600_000;
const year = 365 * 24 * hour;

/** A node whose clock is ahead of the others'. */
async function openAhead(nodes: Nodes, milliseconds: number, far?: FarEnd): Promise<Node> {
  const clock = createTestClock(new Date(nodes.clock.now().getTime() + milliseconds));
  return await nodes.open({ clock, ...(far && { webhooks: { transport: far } }) });
}

/** What was refused once, and is to be tried again. */
async function refusedIn(node: Node) {
  return (await deliveriesIn(node, 'waiting')).filter(({ tries }) => tries.length === 1);
}

/** An endpoint that has refused so many deliveries once each, at a node whose clock was ahead and that is gone. */
async function refusedBy(nodes: Nodes, far: FarEnd, milliseconds: number, count: number) {
  const wrong = await openAhead(nodes, milliseconds, far);
  const { id } = await createEndpoint(wrong);
  far.answer('ledger.example', () => answers(500));
  const events = await owe(wrong.service, id, count);
  await until(async () => (await refusedIn(wrong)).length === count);
  await wrong.core.close();
  far.answer('ledger.example', () => answers(200));
  return { id, events };
}

/** Whatever is due has been looked at: what is owed now comes behind it. */
async function untilLooked(node: Node, far: FarEnd, endpointId: string): Promise<void> {
  const [marker] = await owe(node.service, endpointId, 1);
  await until(() => far.sent.some(({ id }) => id === marker));
}

describe('what a node whose clock is hours or a year ahead leaves behind', () => {
  it.each([2 * hour, year])(
    'after a try is tried again when its wait is over, and not before (%i ms)',
    async (ahead) => {
      const far = createFarEnd();
      await using nodes = await openNodes();
      const { id, events } = await refusedBy(nodes, far, ahead, 3);
      const node = await nodes.open({ webhooks: { transport: far } });
      await untilLooked(node, far, id);
      expect(far.sent).toHaveLength(4);
      const refused = await refusedIn(node);
      expect(refused).toHaveLength(3);
      for (const { nextTryAt } of refused)
        expect(Number(nextTryAt) - nodes.clock.now().getTime()).toBeGreaterThanOrEqual(5000);
      await until(async () => {
        nodes.clock.advance(1);
        return (await deliveriesIn(node, 'delivered')).length === 4;
      });
      expect(
        far.sent
          .slice(4)
          .map((sent) => sent.id)
          .toSorted(),
      ).toEqual(events.toSorted());
    },
  );

  it('before any try is sent at once', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const wrong = await openAhead(nodes, year);
    const { id } = await createEndpoint(wrong);
    const events = await owe(wrong.service, id, 3);
    const node = await nodes.open({ webhooks: { transport: far } });
    await until(async () => (await deliveriesIn(node, 'delivered')).length === 3);
    expect(far.sent.map((sent) => sent.id).toSorted()).toEqual(events.toSorted());
  });

  it('in front of what comes next of the same thing holds it up no longer, and comes first', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const wrong = await openAhead(nodes, year, far);
    await createEndpoint(wrong);
    far.answer('ledger.example', () => answers(500));
    const { authorizationRequest: api } = wrong.core;
    const deliverTo = { channel: 'email', address: 'ada@example.org' } as const;
    const asked = { slug: 'transfer', subjectId: 'ada', title: 'Transfer', data: {}, deliverTo };
    const { id } = await api.create(wrong.service, asked);
    await api.cancel(wrong.service, { id });
    await until(async () => (await deliveriesIn(wrong)).length > 1 && far.sent.length === 1);
    await wrong.core.close();
    far.answer('ledger.example', () => answers(200));
    const node = await nodes.open({ webhooks: { transport: far } });
    await until(async () => {
      nodes.clock.advance(1);
      return (await deliveriesIn(node, 'waiting')).length === 0;
    });
    const sequences = far.sent.slice(1).map((sent) => bodyOf(sent).data.sequence);
    expect(sequences.length).toBeGreaterThan(1);
    expect(sequences).toEqual(sequences.toSorted((one, other) => one - other));
  });

  it('in the middle of a try is sent by another when it still stands there an hour later, and not before', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const gone = await openAhead(nodes, year);
    const { id } = await createEndpoint(gone);
    const events = await owe(gone.service, id, 2);
    expect((await claimAll(gone.service)).rows).toHaveLength(2);
    const node = await nodes.open({ webhooks: { transport: far } });
    await untilLooked(node, far, id);
    nodes.clock.advance({ minutes: 59 });
    await untilLooked(node, far, id);
    expect(far.sent).toHaveLength(2);
    nodes.clock.advance({ minutes: 1 });
    await until(async () => (await deliveriesIn(node, 'delivered')).length === 4);
    expect(
      far.sent
        .slice(2)
        .map((sent) => sent.id)
        .toSorted(),
    ).toEqual(events.toSorted());
  });

  it('to nodes that are running is found within an hour', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const node = await nodes.open({ webhooks: { transport: far } });
    const { id } = await createEndpoint(node);
    await untilLooked(node, far, id);
    const [late] = await owe((await openAhead(nodes, year)).service, id, 1);
    await untilLooked(node, far, id);
    expect(far.sent).toHaveLength(2);
    nodes.clock.advance({ hours: 1 });
    await until(() => far.sent.length === 3);
    expect(far.sent[2]?.id).toBe(late);
  });

  it('however much it is', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const wrong = await openAhead(nodes, year);
    const { id } = await createEndpoint(wrong);
    await owe(wrong.service, id, 1203);
    const node = await nodes.open({ webhooks: { transport: far } });
    await until(async () => (await deliveriesIn(node, 'waiting')).length === 0);
    expect(new Set(far.sent.map((sent) => sent.id)).size).toBe(1203);
    expect(far.sent).toHaveLength(1203);
  });
});

it('what a node whose clock is ahead is sending is sent by nobody else meanwhile, nor once more by itself', async () => {
  const far = createFarEnd();
  await using nodes = await openNodes();
  const wrong = await openAhead(nodes, year, far);
  const { id } = await createEndpoint(wrong);
  const slow = Promise.withResolvers<void>();
  far.answer('ledger.example', async () => {
    if (far.sent.length === 1) await slow.promise;
    return answers(200);
  });
  const [event] = await owe(wrong.service, id, 1);
  await until(() => far.open === 1);
  const node = await nodes.open({ webhooks: { transport: far } });
  await untilLooked(node, far, id);
  await untilLooked(wrong, far, id);
  slow.resolve();
  await until(async () => (await deliveriesIn(node, 'delivered')).length === 3);
  expect(far.sent.filter((sent) => sent.id === event)).toHaveLength(1);
});

it.each([-2 * hour, -year])(
  'a node whose clock is behind brings nothing forward that others wait for (%i ms)',
  async (behind) => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const { id } = await refusedBy(nodes, far, 0, 2);
    const right = await nodes.open();
    const before = await refusedIn(right);
    const slow = await openAhead(nodes, behind, far);
    await untilLooked(slow, far, id);
    expect(far.sent).toHaveLength(3);
    expect(await refusedIn(right)).toEqual(before);
  },
);

it('a wait that is as long as an endpoint or chance can make it is left as it is, by whichever node', async () => {
  const far = createFarEnd();
  await using nodes = await openNodes();
  const first = await nodes.open({ webhooks: { transport: far } });
  const { id } = await createEndpoint(first);
  far.answer('ledger.example', () => answers(429, 86_400));
  await owe(first.service, id, 2);
  await until(async () => (await refusedIn(first)).length === 2);
  const before = await refusedIn(first);
  far.answer('ledger.example', () => answers(200));
  const next = await nodes.open({ webhooks: { transport: far } });
  await untilLooked(next, far, id);
  expect(await refusedIn(first)).toEqual(before);
});
