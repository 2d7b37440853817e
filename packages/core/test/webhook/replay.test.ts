import { describe, expect, it } from 'vitest';
import { pruneDeliveries } from '../../src/webhook/statement/prune.ts';
import { untilVisible, type TestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';
import {
  answers,
  bodyOf,
  createEndpoint,
  deliveriesIn,
  oneEvent,
  openEndpoints,
  operatorOf,
  until,
  type FarEnd,
} from './endpoints.ts';

const replay = (test: TestCore, input: Parameters<TestCore['core']['webhook']['replay']>[1]) =>
  test.core.webhook.replay(operatorOf(test), input);

async function delivered(test: TestCore, count: number): Promise<void> {
  await until(async () => (await deliveriesIn(test, 'delivered')).length === count);
}

const subjectsAt = (far: FarEnd, from = 0) => far.sent.slice(from).map((sent) => bodyOf(sent).data.subjectId);

describe('a replay', () => {
  it('of one delivery sends the same event under the same id, as a delivery of its own', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    await createEndpoint(test);
    await oneEvent(test);
    await delivered(test, 1);
    const [first] = await deliveriesIn(test);
    expect(await replay(test, { deliveryId: first?.id })).toEqual({ replayed: 1, cursor: null });
    await delivered(test, 2);
    expect(far.sent[1]?.id).toBe(far.sent[0]?.id);
    expect(far.sent[1]?.body).toBe(far.sent[0]?.body);
    expect((await deliveriesIn(test)).map(({ isReplay }) => isReplay)).toEqual([true, false]);
  });

  it('of what is on its way already adds nothing', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    const { id } = await createEndpoint(test);
    far.answer('ledger.example', () => answers(500));
    await oneEvent(test);
    await until(async () => (await deliveriesIn(test))[0]?.tries.length === 1);
    const [owed] = await deliveriesIn(test);
    expect(await replay(test, { deliveryId: owed?.id })).toEqual({ replayed: 0, cursor: null });
    const since = new Date(0).toISOString();
    expect(await replay(test, { endpointId: id, since })).toMatchObject({ replayed: 0 });
    expect(await deliveriesIn(test)).toHaveLength(1);
  });

  it('from a moment or a place on brings what was missed, what the filter lets through and nothing else', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    await oneEvent(test, 'long-ago');
    test.clock.advance({ hours: 2 });
    await oneEvent(test, 'before');
    test.clock.advance({ hours: 1 });
    const since = test.clock.now().toISOString();
    await oneEvent(test, 'ada');
    await test.core.authorizationRequest.create(test.service, {
      slug: 'transfer',
      subjectId: 'other-type',
      title: 'Transfer money',
      deliverTo: { channel: 'email', address: 'other@example.org' },
    });
    test.clock.advance({ hours: 1 });
    await oneEvent(test, 'bob');
    const { items } = await test.events(test.service, {});
    const { id } = await createEndpoint(test, 'ledger.example', { types: ['scoped_token.issued'] });
    const { replayed, cursor } = await replay(test, { endpointId: id, since });
    expect(replayed).toBe(2);
    await delivered(test, 2);
    expect(new Set(subjectsAt(far))).toEqual(new Set(['ada', 'bob']));
    expect(cursor).toBeNull();

    const before = items.find(({ subjectId }) => subjectId === 'before');
    await replay(test, { endpointId: id, after: before?.id });
    await delivered(test, 4);
    expect(new Set(subjectsAt(far, 2))).toEqual(new Set(['ada', 'bob']));
    expect(await replay(test, { endpointId: id, since: new Date(0).toISOString() })).toMatchObject({
      replayed: 4,
    });
    const future = new Date(test.clock.now().getTime() + 3_600_000).toISOString();
    expect(await replay(test, { endpointId: id, since: future })).toMatchObject({ replayed: 0 });
  });

  it('keeps the events of one thing in their order', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    const subjects = [1, 2, 3, 4, 5].map((n) => `subject-${n}`);
    for (const subjectId of subjects) {
      const { id } = await test.core.authorizationRequest.create(test.service, {
        slug: 'transfer',
        subjectId,
        title: 'Transfer money',
        deliverTo: { channel: 'email', address: `${subjectId}@example.org` },
      });
      await test.core.authorizationRequest.cancel(test.service, { id });
    }
    await test.events(test.service, {});
    const { id } = await createEndpoint(test);
    await replay(test, { endpointId: id, since: new Date(0).toISOString() });
    await delivered(test, 15);
    const byThing = Map.groupBy(far.sent.map(bodyOf), ({ data }) => data.about.id);
    for (const events of byThing.values()) expect(events.map(({ data }) => data.sequence)).toEqual([1, 2, 3]);
  });

  it('happens once by one idempotency key', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    await createEndpoint(test);
    await oneEvent(test);
    await delivered(test, 1);
    const input = { deliveryId: (await deliveriesIn(test))[0]?.id, idempotencyKey: 'k' };
    expect(await replay(test, input)).toEqual({ replayed: 1, cursor: null });
    await delivered(test, 2);
    expect(await replay(test, input)).toEqual({ replayed: 1, cursor: null });
    expect(await deliveriesIn(test)).toHaveLength(2);
    expect(far.sent).toHaveLength(2);
  });

  it('is refused for an endpoint that is off, and for what is not one question', async () => {
    const { test } = await openEndpoints();
    await using _ = test;
    const { id } = await createEndpoint(test);
    await oneEvent(test);
    await delivered(test, 1);
    const deliveryId = (await deliveriesIn(test))[0]?.id;
    const since = test.clock.now().toISOString();
    const inputs = [
      {},
      { deliveryId, endpointId: id },
      { deliveryId, since },
      { endpointId: id },
      { endpointId: id, since, after: deliveryId },
      { endpointId: id, after: 'evt_nothing' },
      { endpointId: id, since: 'yesterday' },
    ];
    for (const input of inputs)
      await expect(replay(test, input)).rejects.toMatchObject(refusal('invalid_input'));
    await test.core.webhook.update(operatorOf(test), { id, isActive: false });
    for (const input of [{ deliveryId }, { endpointId: id, since }])
      await expect(replay(test, input)).rejects.toMatchObject(refusal('unavailable'));
    await test.core.webhook.remove(operatorOf(test), { id });
    await expect(replay(test, { deliveryId })).rejects.toMatchObject(refusal('not_found'));
  });
});

describe('deliveries', () => {
  it('are listed newest first, by endpoint and state, page by page', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    const { webhook } = test.core;
    const operator = operatorOf(test);
    const good = await createEndpoint(test, 'good.example');
    const bad = await createEndpoint(test, 'bad.example');
    far.answer('bad.example', () => answers(500));
    for (let n = 0; n < 5; n += 1) await oneEvent(test, `subject-${n}`);
    await delivered(test, 5);
    const all = await webhook.deliveries(operator, { endpointId: good.id });
    expect(all.items).toHaveLength(5);
    expect(all.nextCursor).toBeNull();
    expect(all.items.map(({ id }) => id)).toEqual(
      all.items
        .map(({ id }) => id)
        .toSorted()
        .toReversed(),
    );
    const paged = [];
    let cursor: string | undefined;
    do {
      const page = await webhook.deliveries(operator, {
        endpointId: good.id,
        limit: 2,
        ...(cursor && { cursor }),
      });
      paged.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(paged).toEqual(all.items);
    expect((await webhook.deliveries(operator, { endpointId: bad.id, state: 'delivered' })).items).toEqual(
      [],
    );
    expect((await webhook.deliveries(operator, { state: 'waiting' })).items).toHaveLength(5);
    expect((await webhook.deliveries(operator, {})).items).toHaveLength(10);
    await expect(webhook.deliveries(operator, { cursor: 'x' })).rejects.toMatchObject(
      refusal('invalid_input'),
    );
  });

  it('that were over before a moment are forgotten a part at a time; what is owed stays', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    await createEndpoint(test, 'good.example');
    await createEndpoint(test, 'bad.example');
    far.answer('bad.example', () => answers(500));
    for (let n = 0; n < 3; n += 1) await oneEvent(test, `subject-${n}`);
    await delivered(test, 3);
    const { db } = test.service;
    const prune = (before: Date) => db.query(pruneDeliveries, { before, batchSizeMax: 2 });
    expect(await prune(test.clock.now())).toHaveLength(0);
    test.clock.advance(1);
    const before = test.clock.now();
    expect(await prune(before)).toHaveLength(2);
    expect(await prune(before)).toHaveLength(1);
    expect(await prune(before)).toHaveLength(0);
    expect((await deliveriesIn(test)).map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting']);
  });
});

it('a replay of more than a call brings back goes on where the call before ended, and owes each event once', async () => {
  const { far, test } = await openEndpoints();
  await using _ = test;
  // As 600 events that happened long before.
  await test.database.sql.query(
    `INSERT INTO countersign.event (epoch, txid, sequence, id, type, occurred_at, about_kind, about_id, data)
     SELECT 1, pg_current_xact_id(), 1, gen_random_uuid(), 'scoped_token.issued', now(), 'scoped_token', gen_random_uuid(), '{}'
     FROM generate_series(1, 600)`,
  );
  await untilVisible(test.database);
  const { id } = await createEndpoint(test);
  const first = await replay(test, { endpointId: id, since: new Date(0).toISOString() });
  expect(first).toMatchObject({ replayed: 500, cursor: expect.stringMatching(/^evt_/) as string });
  expect(await replay(test, { endpointId: id, after: first.cursor ?? '' })).toEqual({
    replayed: 100,
    cursor: null,
  });
  await until(() => far.sent.length === 600);
  expect(new Set(far.sent.map((sent) => sent.id)).size).toBe(600);
});
