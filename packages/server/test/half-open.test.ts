import { createTestDatabase, type TestDatabase } from '@countersign/core/testing';
import { openCore, otp, type Core } from '@countersign/core';
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

async function openLineTo(database: TestDatabase): Promise<Line> {
  const { hostname, port } = new URL(database.url);
  const path = join(decodeURIComponent(hostname), `.s.PGSQL.${port}`);
  return await openLine({ target: () => ({ path }), isDatabase: true });
}

async function openOver({ port }: Line, database: TestDatabase): Promise<Core> {
  const { pathname } = new URL(database.url);
  return await openCore({
    database: {
      clientUrl: `postgresql://postgres@127.0.0.1:${port}${pathname}`,
      driverOptions: { statement_timeout: 300 },
    },
    secret: Buffer.alloc(32, 7).toString('base64'),
    methods: [otp({ send: async () => undefined })],
    sweep: false,
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
