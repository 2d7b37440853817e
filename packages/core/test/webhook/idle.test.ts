import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CoreServices } from '../../src/context.ts';
import { systemClock } from '../../src/index.ts';
import { startSender } from '../../src/webhook/sender.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('a sender that finds nothing to do for hours keeps nothing of it', async () => {
  let looks = 0;
  const query = async () => {
    looks += 1;
    return [];
  };
  const services = {
    clock: systemClock,
    ids: { uuid: () => '' },
    database: { pool: { query } },
  } as unknown as CoreServices;
  const sender = startSender(services, { send: () => Promise.reject(new Error('there is nothing to send')) });
  const idle = async () => {
    await vi.advanceTimersByTimeAsync(600_000);
    return { looks, bytes: heapUsed() };
  };
  await idle(); // What is made once is made.
  const before = await idle();
  const after = await idle();
  expect(after.looks - before.looks).toBeGreaterThan(2000);
  expect((after.bytes - before.bytes) / (after.looks - before.looks)).toBeLessThan(100);
  const stopping = sender.stop();
  await vi.advanceTimersByTimeAsync(1000);
  await stopping;
});

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
