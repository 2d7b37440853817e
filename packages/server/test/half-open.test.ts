import { createTestDatabase } from '@countersign/core/testing';
import { openCore, otp } from '@countersign/core';
import { expect, it } from 'vitest';
import { join } from 'node:path';
import { openLine } from './faults/line.ts';

it(
  'hears from a half-open connection that nothing comes, goes on over new ones, tells its streams, and can be stopped',
  { timeout: 60_000 },
  async () => {
    await using database = await createTestDatabase();
    const url = new URL(database.url);
    const path = join(decodeURIComponent(url.hostname), `.s.PGSQL.${url.port}`);
    await using line = await openLine({ target: () => ({ path }), isDatabase: true });
    const core = await openCore({
      database: {
        clientUrl: `postgresql://postgres@127.0.0.1:${line.port}${url.pathname}`,
        driverOptions: { statement_timeout: 300 },
      },
      secret: Buffer.alloc(32, 7).toString('base64'),
      methods: [otp({ send: async () => undefined })],
      sweep: false,
    });
    const service = core.context({ kind: 'service' });
    const told: string[] = [];
    core.event.reader.subscribe((events) => told.push(...events.map(({ about }) => about.id)));
    const create = (subjectId: string) =>
      core.authorizationRequest.create(service, {
        slug: 'transfer',
        subjectId,
        data: {},
        title: 'Transfer money',
        deliverTo: { channel: 'email', address: `${subjectId}@example.org` },
      });
    await create('ada');

    line.become('silent');
    await expect(create('grace')).rejects.toMatchObject({ reason: 'unavailable_dependency' });
    line.become('open');
    const made = await repeat(() => create('grace'));
    await expect.poll(() => told, { timeout: 20_000 }).toContain(made.id);

    line.become('silent');
    await core.close();
  },
);

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
