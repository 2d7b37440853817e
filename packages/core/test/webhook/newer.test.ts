import { expect, it } from 'vitest';
import type { TestCore } from '../../testing/index.ts';
import { newerType, startNewer, writeAsNewer } from '../subscriber/newer.ts';
import { createEndpoint, deliveriesIn, oneEvent, openEndpoints, operatorOf, until } from './endpoints.ts';

const why = `unknown_event_type ${newerType}`;

async function standing(test: TestCore) {
  const { items } = await test.core.subscriber.listSubscribers(test.service, {});
  return items.find(({ name }) => name === 'countersign.webhooks');
}

/** What is owed to an endpoint or was, in the order of the log. */
async function owedTo(test: TestCore, endpointId: string): Promise<readonly string[]> {
  const all = await deliveriesIn(test);
  return all
    .filter((delivery) => delivery.endpointId === endpointId)
    .map(({ eventId }) => eventId)
    .toSorted();
}

async function untilOwed(test: TestCore, endpointId: string, eventId: string | undefined): Promise<void> {
  await until(async () => (await owedTo(test, endpointId)).includes(eventId ?? ''));
}

/** One event, one that only a newer version knows, one more; in this order. */
async function writeAll(test: TestCore): Promise<readonly [string, string, string]> {
  await oneEvent(test);
  const newer = await writeAsNewer(test);
  await oneEvent(test, 'bob');
  const { items } = await test.events(test.service, {});
  return [items[0]?.id ?? '', newer, items[1]?.id ?? ''];
}

it('what only a newer version knows is owed to who wants it, by a node of that version', async () => {
  const { test } = await openEndpoints();
  await using _test = test;
  const all = await createEndpoint(test, 'all.example');
  const named = await createEndpoint(test, 'named.example', { types: ['webhook.disabled'] });
  const others = await createEndpoint(test, 'others.example', { types: ['scoped_token.issued'] });
  await test.database.sql.query(
    `UPDATE countersign.webhook_endpoint SET types = ARRAY[$1] WHERE types = '{webhook.disabled}'`,
    [newerType],
  );
  const [before, newer, behind] = await writeAll(test);
  await untilOwed(test, all.id, before);
  await using _newer = await startNewer(test, 'webhooks');
  await untilOwed(test, all.id, behind);
  expect(await owedTo(test, all.id)).toEqual([before, newer, behind]);
  expect(await owedTo(test, named.id)).toEqual([newer]);
  expect(await owedTo(test, others.id)).toEqual([before, behind]);
});

it('what only a newer version knows holds nobody up where no endpoint is owed it', async () => {
  const { test } = await openEndpoints();
  await using _test = test;
  const typed = await createEndpoint(test, 'typed.example', { types: ['scoped_token.issued'] });
  await createEndpoint(test, 'slug.example', { slug: 'transfer' });
  const off = await createEndpoint(test, 'off.example');
  await test.core.webhook.update(operatorOf(test), { id: off.id, isActive: false });
  const { items: earlier } = await test.events(test.service, {});
  await oneEvent(test);
  await writeAsNewer(test);
  await oneEvent(test, 'bob');
  const { items } = await test.events(test.service, { after: earlier.at(-1)?.id });
  await untilOwed(test, typed.id, items.at(-1)?.id);
  expect(await owedTo(test, typed.id)).toEqual(items.map(({ id }) => id));
  expect(await standing(test)).toMatchObject({ failure: null });
});

it('where no node knows it, operators see why all wait, and a filter by type on the one that wants it ends that', async () => {
  const { test } = await openEndpoints();
  await using _test = test;
  const all = await createEndpoint(test, 'all.example');
  const typed = await createEndpoint(test, 'typed.example', { types: ['scoped_token.issued'] });
  const [before, newer, behind] = await writeAll(test);
  await until(async () => (await standing(test))?.failure === why);
  expect(await standing(test)).toMatchObject({ state: 'active', failures: 0, failedEventId: newer });
  expect(await owedTo(test, typed.id)).toEqual([before]);

  await test.core.webhook.update(operatorOf(test), { id: all.id, types: ['scoped_token.issued'] });
  await untilOwed(test, typed.id, behind);
  expect(await owedTo(test, all.id)).toEqual([before, behind]);
  expect(await standing(test)).toMatchObject({ failure: null, failedEventId: null });
});

it('where no node knows it, an operator passes over it by name, and no other', async () => {
  const { test } = await openEndpoints();
  await using _test = test;
  const all = await createEndpoint(test);
  const [before, newer, behind] = await writeAll(test);
  await until(async () => (await standing(test))?.failedEventId === newer);
  const second = await writeAsNewer(test, 'bob');
  const skip = { name: 'countersign.webhooks', skip: true };
  await test.core.subscriber.resumeSubscriber(operatorOf(test), skip);
  await until(async () => (await standing(test))?.failedEventId === second);
  expect(await owedTo(test, all.id)).toEqual([before, behind]);
});
