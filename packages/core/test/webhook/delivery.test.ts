import { describe, expect, it } from 'vitest';
import { openTestCore, untilVisible } from '../../testing/index.ts';
import { openNodes } from '../scoped-token/stored/two-nodes.ts';
import {
  anEvent,
  answers,
  bodyOf,
  createEndpoint,
  createFarEnd,
  deliveriesIn,
  operatorOf,
  until,
} from './endpoints.ts';

describe('an event', () => {
  it('is sent once to each endpoint whose filter lets it through, as the service reads it', async () => {
    const far = createFarEnd();
    await using test = await openTestCore({ webhooks: { transport: far } });
    await createEndpoint(test, 'all.example');
    await createEndpoint(test, 'cancelled.example', { types: ['authorization_request.cancelled'] });
    await createEndpoint(test, 'other.example', { slug: 'close-account' });
    await createEndpoint(test, 'transfer.example', {
      slug: 'transfer',
      types: ['authorization_request.created'],
    });
    const id = await anEvent(test);
    await until(async () => (await deliveriesIn(test, 'delivered')).length === 5);

    const { items } = await test.events(test.service, {});
    expect(far.to('all.example').map((sent) => sent.id)).toEqual(items.map((event) => event.id));
    expect(far.to('all.example').map((sent) => bodyOf(sent))).toEqual(
      items.map(
        (event) =>
          JSON.parse(
            JSON.stringify({ type: event.type, timestamp: event.occurredAt, data: event }),
          ) as unknown,
      ),
    );
    expect(far.to('cancelled.example').map((sent) => bodyOf(sent).type)).toEqual([
      'authorization_request.cancelled',
    ]);
    expect(far.to('transfer.example').map((sent) => bodyOf(sent).data.about.id)).toEqual([id]);
    expect(far.to('other.example')).toEqual([]);
    expect(await deliveriesIn(test, 'waiting')).toEqual([]);
  });

  it('that happens before any process has ever sent is sent by the first that does', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const node = await nodes.open(); // It answers calls and sends nothing.
    await createEndpoint(node);
    await node.core.scopedToken.issue(node.service, { subjectId: 'ada', preset: 'subject' });
    await nodes.open({ webhooks: { transport: far } });
    await until(() => far.sent.length === 1);
    expect(bodyOf(far.sent[0]!).type).toBe('scoped_token.issued');
  });

  it('that happened before an endpoint was created is not its own', async () => {
    const far = createFarEnd();
    await using test = await openTestCore({ webhooks: { transport: far } });
    await createEndpoint(test, 'early.example');
    await anEvent(test);
    await until(() => far.to('early.example').length === 3);
    await createEndpoint(test, 'late.example');
    const id = await anEvent(test, 'bob');
    await until(() => far.to('late.example').length === 3 && far.to('early.example').length === 6);
    expect(far.to('late.example').every((sent) => bodyOf(sent).data.about.id === id)).toBe(true);
  });

  it('of before an endpoint was created, or was switched on, is not its own though nobody has read it by then', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const node = await nodes.open();
    const issue = async (subjectId: string) => {
      await node.core.scopedToken.issue(node.service, { subjectId, preset: 'subject' });
      await untilVisible(nodes.database);
    };
    const sending = await nodes.open({ webhooks: { transport: far } });
    const placed = async () => {
      const { rows } = await nodes.database.sql.query('SELECT FROM countersign.subscriber');
      return rows.length === 1;
    };
    await until(placed);
    await sending.core.close(); // the log is not read any more
    await issue('before');
    const { id } = await createEndpoint(node);
    await issue('created');
    await node.core.webhook.update(operatorOf(node), { id, isActive: false });
    await issue('off');
    await node.core.webhook.update(operatorOf(node), { id, isActive: true });
    await issue('on');
    await nodes.open({ webhooks: { transport: far } });
    await until(() => far.sent.length > 0);
    expect(far.sent.map((sent) => bodyOf(sent).data.subjectId)).toEqual(['on']);
  });

  it('that no endpoint wants costs no delivery, and without endpoints nothing is written but the place', async () => {
    const far = createFarEnd();
    await using test = await openTestCore({ webhooks: { transport: far } });
    await anEvent(test);
    await until(async () => {
      const { rows } = await test.database.sql.query(
        `SELECT FROM countersign.subscriber s JOIN countersign.event e ON e.id = s.id
         WHERE s.name = 'countersign.webhooks' AND e.type = 'authorization_request.cancelled'`,
      );
      return rows.length === 1;
    });
    expect(await deliveriesIn(test)).toEqual([]);
    expect(far.sent).toEqual([]);
  });
});

it('two secrets sign while one replaces the other, newest first, and afterwards the new one alone', async () => {
  const far = createFarEnd();
  await using test = await openTestCore({ webhooks: { transport: far } });
  const { id, secret } = await createEndpoint(test);
  const operator = test.core.context({ kind: 'operator' });
  const rotated = await test.core.webhook.rotateSecret(operator, { id });
  expect(rotated.previousSecretUntil).toEqual(new Date(test.clock.now().getTime() + 86_400_000));
  const send = async (subjectId: string) => {
    const before = far.sent.length;
    await anEvent(test, subjectId);
    await until(() => far.sent.length === before + 3);
    return far.sent.at(-1)?.secrets;
  };
  expect(await send('ada')).toEqual([rotated.secret, secret]);
  test.clock.advance(86_399);
  expect(await send('bob')).toEqual([rotated.secret, secret]);
  test.clock.advance(1);
  expect(await send('eve')).toEqual([rotated.secret]);
  const third = await test.core.webhook.rotateSecret(operator, { id, overlapSeconds: 0 });
  expect(third.previousSecretUntil).toBeNull();
  expect(await send('dan')).toEqual([third.secret]);
});

it('the events of one thing arrive one after the other in their order, those of others meanwhile', async () => {
  const far = createFarEnd();
  await using test = await openTestCore({ webhooks: { transport: far } });
  await createEndpoint(test);
  const first = Promise.withResolvers<void>();
  let heldId = '';
  far.answer('ledger.example', async (sent) => {
    const { type, data } = bodyOf(sent);
    if (type === 'authorization_request.created' && data.subjectId === 'ada') {
      heldId = data.about.id;
      await first.promise;
    }
    return answers(200);
  });
  const held = await anEvent(test, 'ada');
  await until(() => heldId === held);
  for (let n = 0; n < 5; n += 1) await anEvent(test, `subject-${n}`);
  await until(() => far.sent.length === 16);
  expect(far.open).toBe(1);
  first.resolve();
  await until(() => far.sent.length === 18);
  const byThing = Map.groupBy(far.sent.map(bodyOf), ({ data }) => data.about.id);
  for (const events of byThing.values())
    expect(events.map(({ data }) => data.sequence)).toEqual(events.map((_, index) => index + 1));
  expect(byThing.size).toBe(6);
});

describe('what is owed', () => {
  it('is owed once, however many nodes read the log', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const all = await Promise.all([1, 2, 3].map(() => nodes.open({ webhooks: { transport: far } })));
    const [first] = all;
    if (!first) throw new Error('no node was opened');
    await createEndpoint(first);
    const issued = await Promise.all(
      all.flatMap(({ core, service }, node) =>
        Array.from({ length: 10 }, (_, n) =>
          core.scopedToken.issue(service, { subjectId: `${node}-${n}`, preset: 'subject' }),
        ),
      ),
    );
    await until(async () => (await deliveriesIn(first, 'delivered')).length === 30);
    expect(new Set(far.sent.map((sent) => bodyOf(sent).data.about.id))).toEqual(
      new Set(issued.map(({ id }) => id)),
    );
    expect(far.sent).toHaveLength(30);
  });

  it('is owed once and whole after it could not be written: neither lost nor twice', async () => {
    const far = createFarEnd();
    await using nodes = await openNodes();
    const node = await nodes.open({ webhooks: { transport: far } });
    await createEndpoint(node);
    const { sql } = nodes.database;
    await sql.query('ALTER TABLE countersign.webhook_delivery RENAME TO away');
    for (const subjectId of ['ada', 'bob', 'eve'])
      await node.core.scopedToken.issue(node.service, { subjectId, preset: 'subject' });
    await until(() => nodes.log.some((line) => line.includes('a subscriber failed')));
    await sql.query('ALTER TABLE countersign.away RENAME TO webhook_delivery');
    await until(async () => {
      // It may have failed a moment before, and be noted a moment after: whenever it is to be tried again is now.
      const { rows } = await sql.query<{ retry_at: Date | null }>(
        'SELECT retry_at FROM countersign.subscriber',
      );
      const retryAt = rows[0]?.retry_at ?? null;
      if (retryAt !== null && retryAt > nodes.clock.now()) nodes.clock.set(retryAt);
      return (await deliveriesIn(node, 'delivered')).length === 3;
    });
    expect(far.sent.map((sent) => bodyOf(sent).data.subjectId)).toEqual(
      expect.arrayContaining(['ada', 'bob', 'eve']),
    );
    expect(far.sent).toHaveLength(3);
  });
});
