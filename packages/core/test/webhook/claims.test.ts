import { describe, expect, it } from 'vitest';
import { statement } from '../../src/database/statement.ts';
import { recordDelivered, recordRetry } from '../../src/webhook/statement/record.ts';
import type { CoreContext, WebhookTransport } from '../../src/index.ts';
import { createTestClock } from '../../testing/index.ts';
import { openNodes, type Node } from '../scoped-token/stored/two-nodes.ts';
import {
  answers,
  createEndpoint,
  createFarEnd,
  deliveriesIn,
  operatorOf,
  tarpit,
  until,
} from './endpoints.ts';
import { claimAll, owe } from './owed.ts';

const counted = (events: readonly string[]) =>
  [...Map.groupBy(events, (event) => event).values()].map(({ length }) => length);

describe('two hundred at once', () => {
  /** Reads what is due, then marks it. */
  const naiveRead = statement<{ readonly now: Date }, { id: string; event: string }>(
    'naive_read',
    "SELECT d.id, d.event FROM countersign.webhook_delivery d WHERE d.state = 'waiting' AND d.next_at <= :now::timestamptz",
  );
  const naiveMark = statement<{ readonly id: string; readonly at: Date }, { id: string }>(
    'naive_mark',
    'UPDATE countersign.webhook_delivery d SET next_at = :at::timestamptz WHERE d.id = :id::uuid RETURNING d.id',
  );
  async function naiveClaim({ db, clock }: CoreContext): Promise<string[]> {
    const rows = await db.query(naiveRead, { now: clock.now() });
    const at = new Date(clock.now().getTime() + 30_000);
    for (const { id } of rows) await db.query(naiveMark, { id, at });
    return rows.map(({ event }) => event);
  }

  it('on two nodes take each delivery once; reading first and marking then takes them many times', async () => {
    await using nodes = await openNodes();
    const both = [await nodes.open(), await nodes.open()] as const;
    const { id } = await createEndpoint(both[0]);
    const contexts = Array.from({ length: 200 }, (_, n) => (both[n % 2] as Node).service);
    const naive = await owe(both[0].service, id, 20);
    const byNaive = (await Promise.all(contexts.map(naiveClaim))).flat();
    expect(Math.max(...counted(byNaive))).toBeGreaterThan(1);
    const events = await owe(both[0].service, id, 150);
    const taken = (await Promise.all(contexts.map((context) => claimAll(context)))).flatMap(({ rows }) =>
      rows.map(({ event }) => event),
    );
    expect(taken.toSorted()).toEqual(events.toSorted());
    expect(taken).not.toContain(naive[0]);
  });

  it('that all send on two nodes send each delivery once', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const open = () => nodes.open({ webhooks: { transport: far } });
    const both = [await open(), await open()] as const;
    const { id } = await createEndpoint(both[0]);
    const events = await owe(both[0].service, id, 200);
    await until(async () => (await deliveriesIn(both[1], 'waiting')).length === 0);
    expect(far.sent.map((sent) => sent.id).toSorted()).toEqual(events.toSorted());
  });
});

describe('a process that is gone', () => {
  it('has what it took sent by another when its claim is over, under the same id, and not before', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const gone = await nodes.open();
    const { id } = await createEndpoint(gone);
    const events = await owe(gone.service, id, 3);
    expect((await claimAll(gone.service)).rows).toHaveLength(3);
    const node = await nodes.open({ webhooks: { transport: far } });
    const [later] = await owe(gone.service, id, 1);
    await until(() => far.sent.length === 1);
    expect(far.sent[0]?.id).toBe(later);
    nodes.clock.advance(29.999);
    const [last] = await owe(gone.service, id, 1);
    await until(() => far.sent.length === 2);
    expect(far.sent[1]?.id).toBe(last);
    nodes.clock.advance(0.001);
    await until(async () => (await deliveriesIn(node, 'delivered')).length === 5);
    expect(
      far.sent
        .slice(2)
        .map((sent) => sent.id)
        .toSorted(),
    ).toEqual(events.toSorted());
  });

  it('and comes back writes nothing over what another has made of it', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { id } = await createEndpoint(node);
    await owe(node.service, id, 1);
    const { service } = node;
    const stood = await claimAll(service);
    nodes.clock.advance(31);
    const other = await claimAll(service);
    expect(other.rows).toHaveLength(1);
    const of = ({ claim, rows }: typeof stood) => ({
      id: rows[0]?.id ?? '',
      claim,
      now: nodes.clock.now(),
      tried: '{}',
    });
    expect(await service.db.query(recordDelivered, of(stood))).toEqual([]);
    expect(await service.db.query(recordRetry, { ...of(stood), at: nodes.clock.now() })).toEqual([]);
    expect(await deliveriesIn(node, 'waiting')).toHaveLength(1);
    expect(await service.db.query(recordDelivered, of(other))).toHaveLength(1);
    expect(await service.db.query(recordDelivered, of(other))).toEqual([]);
  });

  it('between sending and noting has it sent again, under the same id and with the same bytes', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const node = await nodes.open({ webhooks: { transport: far } });
    const { id } = await createEndpoint(node);
    {
      using _ = failingOnce(node, 'webhook_delivered');
      await owe(node.service, id, 1);
      await until(() => nodes.log.some((line) => line.includes('cannot be noted')));
    }
    expect(await deliveriesIn(node, 'waiting')).toHaveLength(1);
    nodes.clock.advance(30);
    await until(async () => (await deliveriesIn(node, 'delivered')).length === 1);
    expect(far.sent).toHaveLength(2);
    expect(far.sent[1]?.id).toBe(far.sent[0]?.id);
    expect(far.sent[1]?.body).toBe(far.sent[0]?.body);
  });
});

it('a process that stops gives back what it is sending, and another sends it at once, without a try less', async () => {
  const far = createFarEnd();
  await using nodes = await openNodes();
  const first = await nodes.open({ webhooks: { transport: far } });
  const { id } = await createEndpoint(first);
  far.answer('ledger.example', tarpit);
  await owe(first.service, id, 1);
  await until(() => far.open === 1);
  await first.core.close();
  expect(far.open).toBe(0);
  far.answer('ledger.example', () => answers(200));
  const second = await nodes.open({ webhooks: { transport: far } });
  await until(async () => (await deliveriesIn(second, 'delivered')).length === 1);
  expect((await deliveriesIn(second))[0]?.tries).toMatchObject([{ status: 200, failure: null }]);
});

describe('an endpoint that never answers', () => {
  it('has eight connections and delays nobody, neither another endpoint nor another try of it', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const node = await nodes.open({ webhooks: { transport: far } });
    const tar = await createEndpoint(node, 'tarpit.example');
    const { id } = await createEndpoint(node);
    far.answer('tarpit.example', tarpit);
    await owe(node.service, tar.id, 100);
    await until(() => far.open === 8);
    await owe(node.service, id, 100);
    await until(async () => (await deliveriesIn(node, 'delivered')).length === 100);
    expect(far.to('tarpit.example')).toHaveLength(8);
    expect(far.to('ledger.example')).toHaveLength(100);
  });

  it('would starve all others, if what is due the longest were taken first', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const tar = await createEndpoint(node, 'tarpit.example');
    const { id } = await createEndpoint(node);
    await owe(node.service, tar.id, 100);
    await owe(node.service, id, 1);
    const oldest = statement<{ readonly now: Date }, { endpoint_id: string }>(
      'naive_oldest',
      "SELECT d.endpoint_id FROM countersign.webhook_delivery d WHERE d.state = 'waiting' AND d.next_at <= :now::timestamptz ORDER BY d.next_at, d.id LIMIT 64",
    );
    const now = nodes.clock.now();
    const naive = await node.service.db.query(oldest, { now });
    expect(new Set(naive.map((row) => row.endpoint_id)).size).toBe(1);
    const { rows } = await claimAll(node.service, 8);
    expect(Map.groupBy(rows, ({ url }) => url).size).toBe(2);
    expect(rows).toHaveLength(9);
  });
});

it('what was owed before an endpoint was switched off is not sent after it is on again, cancelled yet or not', async () => {
  await using nodes = await openNodes();
  const node = await nodes.open(); // sends nothing and cancels nothing
  const operator = operatorOf(node);
  const { id } = await createEndpoint(node);
  await owe(node.service, id, 3);
  for (const isActive of [false, true]) await node.core.webhook.update(operator, { id, isActive });
  expect(await deliveriesIn(node, 'waiting')).toHaveLength(3);
  expect((await claimAll(node.service)).rows).toEqual([]);
  await nodes.open({ webhooks: { transport: createFarEnd() } });
  await until(async () => (await deliveriesIn(node, 'cancelled')).length === 3);
});

it.each<[string, WebhookTransport['send']]>([
  [
    'throws',
    () => {
      throw new Error('whatever');
    },
  ],
  [
    'says that it was broken off when nobody did',
    async () => ({ kind: 'failed', reason: 'aborted', milliseconds: 1 }),
  ],
])('a transport that %s has failed by the connection, and is tried again in its time', async (_, send) => {
  await using nodes = await openNodes();
  const node = await nodes.open({ webhooks: { transport: { send } } });
  const { id } = await createEndpoint(node);
  await owe(node.service, id, 1);
  await until(async () => (await deliveriesIn(node))[0]?.tries.length === 1);
  expect((await deliveriesIn(node))[0]).toMatchObject({
    state: 'waiting',
    tries: [{ failure: 'connection' }],
  });
});

describe('a wrong clock', () => {
  it('that is set back by an hour delays nothing that happens from then on', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const node = await nodes.open({ webhooks: { transport: far } });
    const { id } = await createEndpoint(node);
    await owe(node.service, id, 5);
    await until(() => far.sent.length === 5);
    nodes.clock.advance({ hours: -1 });
    await owe(node.service, id, 5);
    await until(async () => (await deliveriesIn(node, 'delivered')).length === 10);
    expect(far.sent).toHaveLength(10);
  });

  it('of one node that is an hour ahead may send twice what another is sending, and neither loses nor confuses it', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const slow = Promise.withResolvers<void>();
    const node = await nodes.open({ webhooks: { transport: far } });
    const { id } = await createEndpoint(node);
    far.answer('ledger.example', async () => {
      if (far.sent.length === 1) await slow.promise;
      return answers(200);
    });
    await owe(node.service, id, 1);
    await until(() => far.open === 1);
    const clock = createTestClock(new Date(nodes.clock.now().getTime() + 3_600_000));
    const ahead = await nodes.open({ webhooks: { transport: far }, clock });
    await until(async () => (await deliveriesIn(ahead, 'delivered')).length === 1);
    slow.resolve();
    await until(() => far.open === 0);
    expect(far.sent).toHaveLength(2);
    expect((await deliveriesIn(node))[0]?.tries).toHaveLength(1);
  });
});

/** The next statement of this name fails as if the connection were lost. */
function failingOnce({ service }: Node, name: string): Disposable {
  const { pool } = service.database;
  const { query } = pool;
  let hasFailed = false;
  const broken: typeof query = (asked, parameters) => {
    if (!asked.name.endsWith(name) || hasFailed) return query(asked, parameters);
    hasFailed = true;
    return Promise.reject(new Error('the connection was lost'));
  };
  Reflect.set(pool, 'query', broken);
  return { [Symbol.dispose]: () => void Reflect.set(pool, 'query', query) };
}
