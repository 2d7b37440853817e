import { expect, it } from 'vitest';
import { establishEpoch } from '../../src/event/epoch.ts';
import { formatPosition, parsePosition } from '../../src/event/position.ts';
import { findViolations, openTestCore, untilVisible } from '../../testing/index.ts';
import { liveOne, readAll } from '../archive/lives.ts';
import { age } from './clusters.ts';

/**
 * What rolling a volume back loses: the cluster and its timeline stay, and the numbers begin again below those that a
 * reader has read. Only the reader has the numbers of what is lost; they are made up here.
 */
it('an epoch that is raised by hand stands behind all that a reader of a history that was rolled back has read', async () => {
  await using test = await openTestCore();
  await liveOne(test);
  await untilVisible(test.database);
  const newest = parsePosition((await readAll(test)).at(-1)?.id ?? '');
  if (newest === null) throw new Error('there is an event');
  const after = formatPosition({ ...newest, txid: String(BigInt(newest.txid) + 500n) });
  await liveOne(test);
  await age(test.database.sql, 500); // The numbers become plausible: nothing tells what has happened.
  await untilVisible(test.database);
  expect(await establishEpoch(test.service.database)).toBe(newest.epoch);
  expect(await readAll(test, { after })).toEqual([]);
  await test.database.sql.query('UPDATE countersign.installation SET epoch = epoch + 1');
  expect(await establishEpoch(test.service.database)).toBe(newest.epoch + 1);
  await liveOne(test);
  await untilVisible(test.database);
  const told = await readAll(test, { after });
  expect(told).toHaveLength(5);
  expect((await readAll(test)).slice(-5)).toEqual(told);
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});
