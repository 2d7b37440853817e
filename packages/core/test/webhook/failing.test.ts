import { describe, expect, it } from 'vitest';
import { systemRandomness } from '../../src/index.ts';
import type { TestCore } from '../../testing/index.ts';
import {
  anEvent,
  answers,
  createEndpoint,
  deliveriesIn,
  disabledEvents,
  openEndpoints,
  operatorOf,
  oneEvent,
  throughTries,
  until,
} from './endpoints.ts';

const endpointOf = async (test: TestCore) => (await test.core.webhook.list(operatorOf(test), {}))[0];

describe('a delivery that fails', () => {
  it('is tried ten times under one id with the same bytes, each time signed anew, and then never again', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    await createEndpoint(test);
    far.answer('ledger.example', () => answers(500));
    await oneEvent(test);
    await throughTries(test, 10);
    const [failed] = await deliveriesIn(test, 'failed');
    expect(failed?.tries.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 500));
    expect(failed?.nextTryAt).toBeNull();
    test.clock.advance({ days: 30 });
    await anEvent(test, 'bob'); // to nobody: the endpoint is off
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(far.sent.length).toBe(10);
    expect(new Set(far.sent.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
    const hours = (Number(failed?.tries.at(-1)?.at) - Number(failed?.tries[0]?.at)) / 3_600_000;
    expect(hours).toBeGreaterThan(75.58 * 0.9 - 0.01);
    expect(hours).toBeLessThan(75.58 * 1.1 + 0.01);
  });

  it('is told to wait by the endpoint, and waits', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    await createEndpoint(test);
    far.answer('ledger.example', () => answers(429, 3600));
    await oneEvent(test);
    await until(async () => (await deliveriesIn(test, 'waiting'))[0]?.tries.length === 1);
    const [waiting] = await deliveriesIn(test);
    expect(waiting?.nextTryAt).toEqual(new Date(test.clock.now().getTime() + 3_600_000));
  });

  it('holds back what comes after it about the same thing, and nothing else, until it is decided', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    await createEndpoint(test);
    let isAway = true;
    far.answer('ledger.example', ({ body }) =>
      answers(isAway && body.includes('"subjectId":"ada"') ? 503 : 200),
    );
    await anEvent(test, 'ada');
    await until(() => far.sent.length === 1);
    await anEvent(test, 'bob');
    await until(async () => (await deliveriesIn(test, 'delivered')).length === 3);
    expect(far.sent.length).toBe(4);
    isAway = false;
    test.clock.advance(6);
    await until(async () => (await deliveriesIn(test, 'delivered')).length === 6);
    expect(far.sent.length).toBe(7);
  });
});

describe('an endpoint', () => {
  it('that says it is gone is switched off at once, with one event, and what it was owed is cancelled', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    const { id } = await createEndpoint(test);
    const observer = await createEndpoint(test, 'observer.example', { types: ['webhook.disabled'] });
    const slow = Promise.withResolvers<void>();
    far.answer('ledger.example', async () => {
      await slow.promise;
      return answers(410);
    });
    await anEvent(test);
    await until(async () => (await deliveriesIn(test)).length === 3);
    slow.resolve();
    await until(
      async () =>
        (await deliveriesIn(test, 'waiting')).length === 0 && far.to('observer.example').length === 1,
    );
    expect(
      (await deliveriesIn(test)).filter(({ endpointId }) => endpointId === id).map(({ state }) => state),
    ).toEqual(['cancelled', 'cancelled', 'failed']);
    const endpoints = await test.core.webhook.list(operatorOf(test), {});
    expect(endpoints.find((endpoint) => endpoint.id === id)).toMatchObject({
      isActive: false,
      disabledReason: 'gone',
      disabledAt: test.clock.now(),
    });
    expect(endpoints.find((endpoint) => endpoint.id === observer.id)).toMatchObject({ isActive: true });
    expect(await disabledEvents(test)).toMatchObject([
      {
        about: { kind: 'webhook', id },
        sequence: 1,
        subjectId: null,
        data: { reason: 'gone', by: 'system' },
      },
    ]);
    expect(far.to('ledger.example').length).toBe(1);
    for (const types of [['webhook.disabled' as const], undefined]) {
      const { items } = await test.events(test.subject('ada'), { ...(types && { types }) });
      expect(items.filter(({ type }) => type === 'webhook.disabled')).toEqual([]);
    }
  });

  it('that takes nothing for the whole schedule is switched off with one event, however many fail at once', async () => {
    const { far, test } = await openEndpoints({ randomness: { ...systemRandomness, integer: () => 100 } });
    await using _ = test;
    const { id } = await createEndpoint(test, 'ledger.example', { types: ['scoped_token.issued'] });
    far.answer('ledger.example', () => answers(500));
    for (let n = 0; n < 8; n += 1) await oneEvent(test, `subject-${n}`);
    await throughTries(test, 10, 8);
    expect(await disabledEvents(test)).toMatchObject([
      { sequence: 1, data: { reason: 'failing', by: 'system' } },
    ]);
    expect(await endpointOf(test)).toMatchObject({ id, isActive: false, disabledReason: 'failing' });
    expect((await deliveriesIn(test)).map(({ state }) => state)).toEqual(
      Array.from({ length: 8 }, () => 'failed'),
    );
  });

  it('that has taken anything since is not switched off for the one event that it never takes', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    await createEndpoint(test, 'ledger.example', { types: ['scoped_token.issued'] });
    far.answer('ledger.example', ({ body }) => answers(body.includes('"subjectId":"ada"') ? 500 : 200));
    await oneEvent(test, 'ada');
    await throughTries(test, 5);
    await oneEvent(test, 'bob');
    await until(async () => (await deliveriesIn(test, 'delivered')).length === 1);
    await throughTries(test, 10, 2);
    expect(await deliveriesIn(test, 'failed')).toHaveLength(1);
    expect(await endpointOf(test)).toMatchObject({ isActive: true, disabledReason: null });
    expect(await disabledEvents(test)).toEqual([]);
  });

  it('that is switched off and on again, by whomever, has its events numbered without a gap', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    const { id } = await createEndpoint(test);
    const operator = operatorOf(test);
    for (let turn = 0; turn < 3; turn += 1) {
      const off = await test.core.webhook.update(operator, { id, isActive: false });
      expect(off).toMatchObject({ isActive: false, disabledReason: 'operator' });
      await test.core.webhook.update(operator, { id, isActive: false }); // off already: nothing happens
      const on = await test.core.webhook.update(operator, { id, isActive: true });
      expect(on).toMatchObject({ isActive: true, disabledReason: null, disabledAt: null });
    }
    far.answer('ledger.example', () => answers(410));
    await oneEvent(test);
    await until(async () => (await endpointOf(test))?.isActive === false);
    expect((await disabledEvents(test)).map(({ sequence, data }) => [sequence, data])).toEqual([
      [1, { reason: 'operator', by: 'operator' }],
      [2, { reason: 'operator', by: 'operator' }],
      [3, { reason: 'operator', by: 'operator' }],
      [4, { reason: 'gone', by: 'system' }],
    ]);
  });

  it('that was switched off gets nothing of what happened meanwhile, and all that happens after it is on again', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    const { id } = await createEndpoint(test, 'ledger.example', { types: ['scoped_token.issued'] });
    const operator = operatorOf(test);
    await test.core.webhook.update(operator, { id, isActive: false });
    await oneEvent(test, 'ada');
    await untilRead(test);
    await test.core.webhook.update(operator, { id, isActive: true });
    await oneEvent(test, 'bob');
    await until(() => far.sent.length > 0);
    expect(far.sent.map(({ body }) => /"subjectId":"(\w+)"/.exec(body)?.[1])).toEqual(['bob']);
  });

  it('that is switched off while something is being sent: what it took counts as taken, and the rest is cancelled', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    const { id } = await createEndpoint(test);
    const slow = Promise.withResolvers<void>();
    far.answer('ledger.example', async () => {
      await slow.promise;
      return answers(200);
    });
    await anEvent(test);
    await until(async () => far.open === 1 && (await deliveriesIn(test)).length === 3);
    await test.core.webhook.update(operatorOf(test), { id, isActive: false });
    await until(async () => (await deliveriesIn(test, 'cancelled')).length === 2);
    slow.resolve();
    await until(async () => (await deliveriesIn(test, 'waiting')).length === 0);
    expect((await deliveriesIn(test)).map(({ state }) => state)).toEqual([
      'cancelled',
      'cancelled',
      'delivered',
    ]);
    expect(far.sent.length).toBe(1);
  });

  it('that is removed while something is being sent is sent nothing more, and leaves no secret behind', async () => {
    const { far, test } = await openEndpoints();
    await using _ = test;
    const { id } = await createEndpoint(test);
    const slow = Promise.withResolvers<void>();
    far.answer('ledger.example', async () => {
      await slow.promise;
      return answers(500);
    });
    await anEvent(test);
    await until(async () => far.open === 1 && (await deliveriesIn(test)).length === 3);
    expect(await test.core.webhook.remove(operatorOf(test), { id })).toEqual({ removed: true });
    slow.resolve();
    await until(async () => (await deliveriesIn(test, 'cancelled')).length === 3);
    expect(await test.core.webhook.list(operatorOf(test), {})).toEqual([]);
    const { rows } = await test.database.sql.query('SELECT FROM countersign.webhook_endpoint');
    expect(rows).toEqual([]);
    const { rows: bodies } = await test.database.sql.query(
      'SELECT FROM countersign.webhook_delivery WHERE body IS NOT NULL',
    );
    expect(bodies).toEqual([]);
    test.clock.advance({ hours: 1 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(far.sent.length).toBe(1);
  });
});

/** Until the log has been read for webhooks up to its present end. */
async function untilRead({ database }: TestCore): Promise<void> {
  await until(async () => {
    const { rows } = await database.sql.query<{ behind: boolean }>(
      `SELECT EXISTS (SELECT FROM countersign.event e
         WHERE (e.epoch, e.txid, e.sequence, e.id) > (s.epoch, s.txid, s.sequence, s.id)) AS behind
       FROM countersign.subscriber s WHERE s.name = 'countersign.webhooks'`,
    );
    return rows[0]?.behind === false;
  });
}
