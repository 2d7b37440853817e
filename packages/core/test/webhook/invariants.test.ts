import { expect, it } from 'vitest';
import { pruneDeliveries } from '../../src/webhook/statement/prune.ts';
import type { TestCore } from '../../testing/index.ts';
import { findViolations } from '../../testing/invariants.ts';
import { answers, anEvent, createEndpoint, openEndpoints, operatorOf, until } from './endpoints.ts';

const violationsIn = async ({ database, clock }: TestCore) =>
  await findViolations(database.sql, { now: clock.now() });

/** Until the log is read for the endpoints to its end. */
async function untilOwed({ core }: TestCore): Promise<void> {
  await until(async () => (await core.figures()).subscribers.some(({ lagEvents }) => lagEvents === 0));
}

it('the tables hold what is owed and nothing else, after all that operators may do with endpoints', async () => {
  const { far, test } = await openEndpoints();
  await using _ = test;
  const operator = operatorOf(test);
  const { webhook } = test.core;
  await anEvent(test, 'before');
  await createEndpoint(test, 'all.example');
  const changed = await createEndpoint(test, 'changed.example', { types: ['authorization_request.created'] });
  const off = await createEndpoint(test, 'off.example');
  const gone = await createEndpoint(test, 'gone.example');
  far.answer('gone.example', () => answers(410));
  far.answer('off.example', () => answers(503));
  await anEvent(test);
  await untilOwed(test);
  await until(async () => (await webhook.list(operator, {})).some(({ isActive }) => !isActive));
  test.clock.advance({ minutes: 2 });
  await webhook.update(operator, { id: changed.id, types: null, slug: 'close-account' });
  await webhook.update(operator, { id: off.id, isActive: false });
  await anEvent(test, 'while-off');
  await untilOwed(test);
  test.clock.advance({ minutes: 2 });
  for (const { id } of [off, gone]) await webhook.update(operator, { id, isActive: true });
  const since = new Date(0).toISOString();
  for (const { id } of [changed, off]) await webhook.replay(operator, { endpointId: id, since });
  test.clock.advance({ minutes: 2 });
  await anEvent(test, 'after');
  await untilOwed(test);
  expect(await violationsIn(test)).toEqual([]);
  test.clock.advance({ hours: 24 * 40 });
  await anEvent(test, 'much-later');
  await untilOwed(test);
  const forgotten = await operator.db.query(pruneDeliveries, {
    before: new Date(test.clock.now().getTime() - 30 * 86_400_000),
    batchSizeMax: 100,
  });
  expect(forgotten.length).toBeGreaterThan(0);
  expect(await violationsIn(test)).toEqual([]);
});

/** What a mistake in the fan-out would write, written by a trigger behind its back. */
const naive: Readonly<Record<string, string>> = {
  'commits its place without the deliveries': 'BEGIN RETURN NULL; END',
  'loses the last event of each thing': 'BEGIN IF NEW.sequence > 1 THEN RETURN NULL; END IF; RETURN NEW; END',
  'looks at no filter':
    'BEGIN NEW.endpoint_id := (SELECT w.id FROM countersign.webhook_endpoint w WHERE w.slug IS NOT NULL); RETURN NEW; END',
  'gives each delivery an id of its own': `BEGIN NEW.event := NEW.event || NEW.id; RETURN NEW; END`,
};

for (const [does, body] of Object.entries(naive))
  it(`the tables show a fan-out that ${does}`, async () => {
    const { test } = await openEndpoints();
    await using _ = test;
    await createEndpoint(test, 'all.example');
    await createEndpoint(test, 'other.example', { slug: 'close-account' });
    expect(await violationsIn(test)).toEqual([]);
    await test.database.sql.query(`
      CREATE FUNCTION naive() RETURNS trigger LANGUAGE plpgsql AS $$ ${body} $$;
      CREATE TRIGGER naive BEFORE INSERT ON countersign.webhook_delivery FOR EACH ROW EXECUTE FUNCTION naive()`);
    await anEvent(test);
    await untilOwed(test);
    const found = await violationsIn(test);
    expect(found.length).toBeGreaterThan(0);
    for (const violation of found) expect(violation).toMatch(/^I[67] (?:each|nothing is owed)/);
  });
