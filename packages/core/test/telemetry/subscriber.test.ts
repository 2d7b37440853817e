import { expect, it } from 'vitest';
import { openTestCore } from '../../testing/index.ts';
import { recordTelemetry } from '../../testing/telemetry.ts';
import { createTransfer } from '../fixtures.ts';

it('a subscriber that nothing is for does not look late, however long nothing comes', async () => {
  await using test = await openTestCore();
  const running = test.core.subscriber.start({
    name: 'locks',
    types: ['subject.locked'],
    from: 'start',
    batchSizeMax: 10,
    attemptsMax: 3,
    timeoutSeconds: 5,
    handle: () => Promise.resolve(),
  });
  await createTransfer(test);
  await test.events(test.service, {});
  const lagging = async () => (await test.core.figures()).subscribers.map(({ lagEvents }) => lagEvents);
  await expect.poll(lagging, { timeout: 5000 }).toEqual([2]);
  // It has passed them over, and would write that down at the next event only.
  await expect
    .poll(
      async () => {
        test.clock.advance(11);
        return await lagging();
      },
      { timeout: 10_000, interval: 200 },
    )
    .toEqual([0]);
  await running.stop();
});

it('what a subscriber takes and where it fails is counted, by its name', async () => {
  const telemetry = recordTelemetry();
  await using test = await openTestCore({ telemetry });
  let isBroken = true;
  const running = test.core.subscriber.start({
    name: 'ledger',
    types: null,
    from: 'start',
    batchSizeMax: 1,
    attemptsMax: 1,
    timeoutSeconds: 5,
    handle: () => (isBroken ? Promise.reject(new Error('no ledger')) : Promise.resolve()),
  });
  await createTransfer(test);
  await expect
    .poll(() => telemetry.counts('subscriber_batches'), { timeout: 10_000 })
    .toEqual({
      'subscriber_batches{subscriber="ledger",outcome="failed"}': 1,
      'subscriber_batches{subscriber="ledger",outcome="parked"}': 1,
    });
  expect((await test.core.figures()).subscribers).toMatchObject([
    { name: 'ledger', isParked: true, failures: 1 },
  ]);
  isBroken = false;
  await test.core.subscriber.resumeSubscriber(test.service, { name: 'ledger' });
  await expect
    .poll(() => telemetry.counts('subscriber_events'), { timeout: 10_000 })
    .toEqual({ 'subscriber_events{subscriber="ledger"}': 2 });
  await running.stop();
});
