import { createTestDatabase, type TestDatabase } from '@countersign/core/testing';
import { openCore, otp, type Core, type CoreOptions } from '@countersign/core';
import { expect, it } from 'vitest';
import { join } from 'node:path';
import { openLine, type Line } from './faults/line.ts';

it(
  'hears from a half-open connection that nothing comes, goes on over new ones, tells its streams, and can be stopped',
  { timeout: 60_000 },
  async () => {
    await using database = await createTestDatabase();
    await using line = await openLineTo(database);
    const core = await openOver(line, database);
    const told: string[] = [];
    core.event.reader.subscribe((events) => told.push(...events.map(({ about }) => about.id)));
    await create(core, 'ada');

    line.become('silent');
    await expect(create(core, 'grace')).rejects.toMatchObject({ reason: 'unavailable_dependency' });
    line.become('open');
    const made = await repeat(() => create(core, 'grace'));
    await expect.poll(() => told, { timeout: 20_000 }).toContain(made.id);

    line.become('silent');
    await core.close();
  },
);

it(
  'ends the batch of a subscriber whose connection falls silent, tries it over another one, and can be stopped meanwhile',
  { timeout: 60_000 },
  async () => {
    await using database = await createTestDatabase();
    await using line = await openLineTo(database);
    const core = await openOver(line, database);
    const tries: number[] = [];
    core.subscriber.start({
      name: 'ledger',
      types: ['authorization_request.created'],
      from: 'start',
      batchSizeMax: 10,
      attemptsMax: 5,
      timeoutSeconds: 5,
      async handle(_, { attempt }) {
        tries.push(attempt);
        // Then nothing is heard any more: neither of the place that moves on, nor of the end.
        if (tries.length === 1 || tries.length === 3) line.become('silent');
      },
    });
    await create(core, 'ada');
    await expect.poll(() => tries).toHaveLength(1);
    line.become('open');
    await expect.poll(() => tries, { timeout: 20_000 }).toEqual([1, 1]);

    await repeat(() => create(core, 'grace'));
    await expect.poll(() => tries).toHaveLength(3);
    await core.close();
  },
);

it(
  'raises the epoch over another connection when that of the raise falls silent, sweeps on, and can be stopped meanwhile',
  { timeout: 60_000 },
  async () => {
    await using database = await createTestDatabase();
    await using line = await openLineTo(database);
    const core = await openOver(line, database, { sweep: true });
    await create(core, 'ada');
    const installation = async () => {
      const { rows } = await database.sql.query<{ epoch: number; swept: Date }>(
        'SELECT epoch, swept_until AS swept FROM countersign.installation',
      );
      return rows[0];
    };
    const holdUp = await openHold(database);
    const release = await holdUp(
      'UPDATE OF epoch ON countersign.installation',
      `UPDATE countersign.installation SET history = 'another/00000001'`,
    );
    line.become('silent');
    await release();
    const before = await installation();
    expect(before?.epoch).toBe(1);
    line.become('open');
    await expect.poll(installation, { timeout: 20_000 }).toMatchObject({ epoch: 2 });
    const raised = (await installation())?.swept;
    await expect.poll(async () => (await installation())?.swept, { timeout: 20_000 }).not.toEqual(raised);

    // As after a restore: then every row that can still have events is touched, which may take minutes.
    const goOn = await holdUp(
      'UPDATE OF event_txid ON countersign.factor',
      `DROP TRIGGER hold_up ON countersign.installation;
       INSERT INTO countersign.event SELECT 2, '4000000000', 1, gen_random_uuid(), type, occurred_at, subject_id, session_id, slug,
         about_kind, gen_random_uuid(), data, context FROM countersign.event LIMIT 1`,
    );
    line.become('silent');
    await goOn();
    await core.close();
  },
);

/** Changes the database so that whoever then does `what` is held up; resolves once somebody is, with what lets him go on. */
async function openHold({ sql }: TestDatabase) {
  await sql.query(`CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $body$`);
  return async (what: string, change: string): Promise<() => Promise<void>> => {
    const holder = await sql.connect();
    await holder.query('SELECT pg_advisory_lock(1)');
    // One transaction: nobody sees the change and is not held up.
    await holder.query(`${change}; CREATE TRIGGER hold_up BEFORE ${what} EXECUTE FUNCTION hold_up()`);
    const held = async () =>
      (await sql.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 1 AND NOT granted`))
        .rowCount;
    await expect.poll(held, { timeout: 20_000, interval: 5 }).toBe(1);
    return async () => {
      await holder.query('SELECT pg_advisory_unlock(1)');
      holder.release();
    };
  };
}

async function openLineTo(database: TestDatabase): Promise<Line> {
  const { hostname, port } = new URL(database.url);
  const path = join(decodeURIComponent(hostname), `.s.PGSQL.${port}`);
  return await openLine({ target: () => ({ path }), isDatabase: true });
}

async function openOver(
  { port }: Line,
  database: TestDatabase,
  options: Partial<CoreOptions> = {},
): Promise<Core> {
  const { pathname } = new URL(database.url);
  return await openCore({
    database: {
      clientUrl: `postgresql://postgres@127.0.0.1:${port}${pathname}`,
      driverOptions: { statement_timeout: 300, idle_in_transaction_session_timeout: 500 },
    },
    secret: Buffer.alloc(32, 7).toString('base64'),
    methods: [otp({ send: async () => undefined })],
    sweep: false,
    ...options,
  });
}

async function create(core: Core, subjectId: string) {
  return await core.authorizationRequest.create(core.context({ kind: 'service' }), {
    slug: 'transfer',
    subjectId,
    data: {},
    title: 'Transfer money',
    deliverTo: { channel: 'email', address: `${subjectId}@example.org` },
  });
}

/** Until no connection is left that says nothing. */
async function repeat<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt === 20) throw error;
    }
  }
}
