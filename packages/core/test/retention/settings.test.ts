import { expect, it } from 'vitest';
import { openCore } from '../../src/core.ts';
import { defaultRetention, retentionOf } from '../../src/maintenance/retention.ts';
import { openTestCore } from '../../testing/index.ts';
import { countEvents, liveOne } from '../archive/lives.ts';

it('keeps finished requests for 90 days, confirmations for 30, and events for ever, unless it is told otherwise', () => {
  expect(retentionOf()).toEqual({
    requestDays: 90,
    confirmationDays: 30,
    archiveAfterDays: 7,
    eventDays: null,
    deliveryDays: 30,
  });
  expect(retentionOf({ requestDays: 365, eventDays: undefined })).toEqual({
    ...defaultRetention,
    requestDays: 365,
  });
});

it.each([
  [{ requestDays: 1 }, 'retention.requestDays: a whole number of days from 2 to 36500'],
  [{ confirmationDays: 2.5 }, 'retention.confirmationDays: a whole number of days from 2 to 36500'],
  [{ archiveAfterDays: Number.NaN }, 'retention.archiveAfterDays: a whole number of days from 2 to 36500'],
  [{ eventDays: 91 }, 'retention.eventDays: null, or at least 92: 2 more than what the events are about'],
])('is refused as %j, with what is expected', (given, message) => {
  expect(() => retentionOf(given)).toThrow(message);
});

it('runs by itself beside the sweep, and stops when core is closed', async () => {
  await using test = await openTestCore();
  await liveOne(test);
  test.clock.advance({ days: 3 });
  const { secret, clock } = test;
  const options = { database: test.database.url, secret, clock, methods: [], migrate: false, listen: false };
  const core = await openCore({ ...options, retention: { archiveAfterDays: 2 } });
  await expect.poll(() => countEvents(test), { timeout: 10_000 }).toEqual({ end: 0, archive: 5 });
  await core.close();
});
