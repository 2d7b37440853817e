import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followLog, type LogReader } from '../../src/event/log-reader.ts';
import { silentLogger } from '../../src/index.ts';
import { SimulatedLog } from './simulated.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());
const wait = async (milliseconds: number) => await vi.advanceTimersByTimeAsync(milliseconds);

interface Measured {
  readonly log: SimulatedLog;
  readonly reader: LogReader;
  readonly told: () => number;
  /** How often the log was read while this happened. */
  readsWhile(happens: () => Promise<void>): Promise<number>;
}

async function measure(run: (measured: Measured) => Promise<void>, withBus = true): Promise<void> {
  const log = new SimulatedLog(() => 1);
  const { pool } = log.database;
  let reads = 0;
  let told = 0;
  const query: typeof pool.query = async (...asked) => {
    reads += 1;
    return await pool.query(...asked);
  };
  const database = { pool: { ...pool, query } } as unknown as typeof log.database;
  const opening = followLog({ database, logger: silentLogger, bus: withBus ? log.heard : undefined });
  await wait(5);
  const reader = await opening;
  reader.follow({ told: (rows) => (told += rows.length), ended() {} });
  await wait(1200); // past what a reader does when somebody comes
  await run({
    log,
    reader,
    told: () => told,
    async readsWhile(happens) {
      reads = 0;
      await happens();
      return reads;
    },
  });
  const closing = reader.close();
  await wait(1100);
  await closing;
}

describe('what a node asks the database for', () => {
  it('with a bus: once a second, at 800 events and as many wake-ups a second', async () => {
    await measure(async ({ log, reader, told, readsWhile }) => {
      const reads = await readsWhile(async () => {
        for (let n = 0; n < 800; n += 1) {
          await log.step({ kind: 'commit', count: 10 }, wait);
          await log.step({ kind: 'relay' }, wait);
          await log.step({ kind: 'flow' }, wait);
          reader.wake();
          await wait(12);
        }
      });
      expect(told()).toBe(8000);
      expect(reads).toBeLessThanOrEqual(10);
      expect(reads).toBeGreaterThanOrEqual(9);
    });
  });

  it('without one: at each wake-up', async () => {
    await measure(async ({ log, reader, told, readsWhile }) => {
      const reads = await readsWhile(async () => {
        for (let n = 0; n < 100; n += 1) {
          await log.step({ kind: 'commit', count: 10 }, wait);
          reader.wake();
          await wait(12);
        }
      });
      expect(told()).toBe(1000);
      expect(reads).toBeGreaterThanOrEqual(100);
    }, false);
  });

  it('when the bus left something out: at once, as often as there is more to read', async () => {
    await measure(async ({ log, told, readsWhile }) => {
      const reads = await readsWhile(async () => {
        await log.step({ kind: 'commit', count: 1200 }, wait);
        await log.step({ kind: 'stale', from: 1199, count: 1 }, wait);
        await log.step({ kind: 'flow' }, wait);
        await wait(20);
      });
      expect(told()).toBe(1200);
      expect(reads).toBe(3);
    });
  });

  it('when a message comes again, is old or is not to be read: nothing', async () => {
    await measure(async ({ log, readsWhile }) => {
      await log.step({ kind: 'commit', count: 20 }, wait);
      await log.step({ kind: 'relay' }, wait);
      await log.step({ kind: 'flow' }, wait);
      await wait(1000);
      const reads = await readsWhile(async () => {
        await log.step({ kind: 'stale', from: 0, count: 20 }, wait);
        await log.step({ kind: 'flow' }, wait);
        await log.step({ kind: 'commit', count: 1 }, wait);
        await log.step({ kind: 'relay' }, wait);
        await log.step({ kind: 'garble', at: 0 }, wait);
        await log.step({ kind: 'flow' }, wait);
        await wait(100);
      });
      expect(reads).toBe(0);
    });
  });

  it('when somebody writes that there is more, without our secret: nothing', async () => {
    await measure(async ({ log, told, readsWhile }) => {
      const reads = await readsWhile(async () => {
        await log.step({ kind: 'commit', count: 5 }, wait);
        await log.step({ kind: 'stale', from: 4, count: 1 }, wait);
        await log.step({ kind: 'garble', at: 0 }, wait);
        await log.step({ kind: 'flow' }, wait);
        await wait(100);
      });
      expect(reads).toBe(0);
      await wait(1000);
      expect(told()).toBe(5);
    });
  });

  it('while the bus is away: four times a second, and at each wake-up; at once when it goes and comes', async () => {
    await measure(async ({ log, reader, told, readsWhile }) => {
      const going = await readsWhile(async () => {
        await log.step({ kind: 'away' }, wait);
        await wait(20);
      });
      expect(going).toBe(1);
      const away = await readsWhile(() => wait(2000).then(() => undefined));
      expect(away).toBeGreaterThanOrEqual(7);
      expect(away).toBeLessThanOrEqual(8);
      const woken = await readsWhile(async () => {
        await log.step({ kind: 'commit', count: 1 }, wait);
        reader.wake();
        await wait(10);
      });
      expect(woken).toBe(1);
      expect(told()).toBe(1);
      const coming = await readsWhile(async () => {
        await log.step({ kind: 'commit', count: 1 }, wait);
        await log.step({ kind: 'back' }, wait);
        await wait(20);
      });
      expect(coming).toBe(1);
      expect(told()).toBe(2);
    });
  });

  it('when somebody comes to follow: nothing, while a bus is heard', async () => {
    await measure(async ({ reader, readsWhile }) => {
      const reads = await readsWhile(async () => {
        for (let n = 0; n < 1000; n += 1) reader.follow({ told() {}, ended() {} });
        await wait(100);
      });
      expect(reads).toBe(0);
    });
  });
});

it('says that something was committed to whoever reads the log by itself, whatever the reader does', async () => {
  for (const withBus of [true, false])
    await measure(async ({ reader }) => {
      let woken = 0;
      const leave = reader.woken(() => (woken += 1));
      reader.wake();
      reader.wake();
      leave();
      reader.wake();
      expect(woken).toBe(2);
    }, withBus);
});
