import { expect, it } from 'vitest';
import { archive } from '../../src/maintenance/archive.ts';
import { defaultRetention } from '../../src/maintenance/retention.ts';
import { retain } from '../../src/maintenance/retainer.ts';
import { openTestCore, untilVisible, type TestCore } from '../../testing/index.ts';
import { countEvents, liveOne } from '../archive/lives.ts';

const migration = '0010-archive';

/** As if that migration had been applied so many hours ago, by the clock of the test. */
async function migrated(test: TestCore, hours: number): Promise<void> {
  const { rowCount } = await test.database.sql.query(
    'UPDATE countersign.migration SET executed_at = $2 WHERE name = $1',
    [migration, new Date(test.clock.now().getTime() - hours * 3_600_000)],
  );
  expect(rowCount).toBe(1);
}

/** How a version before the archive reads the log. */
async function readAsBefore({ database }: TestCore): Promise<number> {
  const { rowCount } = await database.sql.query(
    'SELECT FROM countersign.event ORDER BY epoch, txid, sequence, id',
  );
  return rowCount ?? 0;
}

it('moves nothing on the day after the update, while nodes of the version before may still read the log', async () => {
  await using test = await openTestCore();
  await liveOne(test);
  test.clock.advance({ days: 30 });
  await untilVisible(test.database);
  for (const hours of [0, 1, 23.9]) {
    await migrated(test, hours);
    expect(await archive(test.service, defaultRetention)).toBe(0);
    expect(await retain(test.service, defaultRetention)).toBe(false);
    expect(await readAsBefore(test)).toBe(5);
  }
  await migrated(test, 24);
  expect(await archive(test.service, defaultRetention)).toBe(5);
  expect(await countEvents(test)).toEqual({ end: 0, archive: 5 });
});

it('waits for no migration that it does not know of, as in a database that was built by hand', async () => {
  await using test = await openTestCore();
  await liveOne(test);
  test.clock.advance({ days: 30 });
  await untilVisible(test.database);
  await test.database.sql.query('UPDATE countersign.migration SET executed_at = NULL');
  expect(await archive(test.service, defaultRetention)).toBe(5);
});
