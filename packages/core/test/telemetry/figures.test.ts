import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFigures } from '../../src/figures.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { startOwnServer } from '../log/own-server.ts';
import { createTransfer } from '../fixtures.ts';

// The log waits for every transaction of a cluster: what is held open here must be nobody else's.
let server: AsyncDisposable;
beforeAll(async () => {
  server = await startOwnServer();
}, 60_000);
afterAll(() => server[Symbol.asyncDispose]());

/** Until this process has read what the log shows. */
async function untilRead({ core }: TestCore): Promise<void> {
  await expect.poll(async () => (await core.figures()).logReaderLagEvents, { timeout: 10_000 }).toBe(0);
}

describe('the figures', () => {
  it('of an installation where nothing is late are zero', async () => {
    await using test = await openTestCore({ sweep: false });
    await untilRead(test);
    const { connections, ...figures } = await test.core.figures();
    expect(connections).toMatchObject({ waiting: 0, max: 10 });
    expect(figures).toEqual({
      logHorizonLagSeconds: 0,
      logReaderLagSeconds: 0,
      logReaderLagEvents: 0,
      sweepLagSeconds: Infinity,
      tokenKeyAgeSeconds: null,
      subscribers: [],
      webhooks: { active: 0, gone: 0, failing: 0, operator: 0, waiting: 0, oldestWaitingSeconds: 0 },
    });
  });

  it('say how long an event has waited because of a transaction that is open elsewhere', async () => {
    await using test = await openTestCore();
    await untilRead(test);
    const host = await test.database.sql.connect();
    await host.query('BEGIN');
    await host.query('CREATE TABLE ledger (id text)');
    await createTransfer(test);
    test.clock.advance(42);
    expect((await test.core.figures()).logHorizonLagSeconds).toBe(42);
    await host.query('COMMIT');
    host.release();
    await untilRead(test);
    expect((await test.core.figures()).logHorizonLagSeconds).toBe(0);
  });

  it('say since when nothing is swept, and how old the key is that mints', async () => {
    await using test = await openTestCore();
    await test.core.scopedToken.ready();
    await test.database.sql.query('UPDATE countersign.installation SET swept_until = $1', [test.clock.now()]);
    test.clock.advance({ minutes: 3 });
    expect(await test.core.figures()).toMatchObject({ sweepLagSeconds: 180, tokenKeyAgeSeconds: 180 });
  });

  it('say of each subscriber how far it is behind, and that it is parked', async () => {
    await using test = await openTestCore();
    await createTransfer(test);
    await test.database.sql.query(
      `INSERT INTO countersign.subscriber (name, epoch, txid, sequence, id, state, failures, created_at, moved_at)
       VALUES ('ledger', 0, '0', 0, gen_random_uuid(), 'parked', 7, now(), now())`,
    );
    test.clock.advance(9);
    const { subscribers } = await test.core.figures();
    expect(subscribers).toEqual([
      { name: 'ledger', isParked: true, failures: 7, lagSeconds: 9, lagEvents: 2 },
    ]);
  });

  it('cost one round trip, and no look at all that is stored', async () => {
    await using test = await openTestCore();
    await test.database.sql.query(
      `INSERT INTO countersign.event (epoch, txid, sequence, id, type, occurred_at, about_kind, about_id, data)
       SELECT (SELECT epoch FROM countersign.installation), (n / 10 + 1)::text::xid8, 1, gen_random_uuid(), 'factor.created',
         now(), 'factor', gen_random_uuid(), '{}' FROM generate_series(1, 20000) n`,
    );
    await test.database.sql.query('ANALYZE countersign.event');
    await test.database.sql.query(
      `INSERT INTO countersign.subscriber (name, epoch, txid, sequence, id, created_at, moved_at)
       SELECT 'reader-' || n, 0, '0', 0, gen_random_uuid(), now(), now() FROM generate_series(1, 5) n`,
    );
    const client = await test.database.sql.connect();
    await client.query("SET plan_cache_mode = 'force_generic_plan'");
    await client.query(`PREPARE figures AS ${readFigures.text}`);
    const values = { epoch: 0, txid: "'0'", sequence: 0, id: 'gen_random_uuid()', now: 'now()' };
    const given = readFigures.parameters.map((name) => values[name]).join(', ');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE figures(${given})`,
    );
    client.release();
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).not.toMatch(/Seq Scan on event/);
    const read = [...plan.matchAll(/using event_pkey.*rows=(\d+)/g)].map(([, count]) => Number(count));
    expect(read.length).toBeGreaterThan(2);
    expect(Math.max(...read)).toBeLessThanOrEqual(1000);
    expect((await test.core.figures()).subscribers).toHaveLength(5);
  });
});
