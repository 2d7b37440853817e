import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { followLog } from '../../src/event/log-reader.ts';
import type { EventRow } from '../../src/event/row.ts';
import { silentLogger } from '../../src/index.ts';
import { followBelieving } from '../planted/believed-bus.ts';
import { anyStep, SimulatedLog, type Step } from './simulated.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Follows a log from its start, and says what it was told. */
type Follow = (
  log: SimulatedLog,
  told: (rows: readonly EventRow[]) => void,
) => Promise<{ close(): Promise<void> }>;

const wait = async (milliseconds: number) => await vi.advanceTimersByTimeAsync(milliseconds);

/** The numbers of the events that were told, and of those that should have been. */
async function play(
  follow: Follow,
  steps: readonly Step[],
  latencies: readonly number[],
): Promise<{ readonly told: unknown[]; readonly written: unknown[] }> {
  let asked = 0;
  const log = new SimulatedLog(() => latencies[asked++ % latencies.length] ?? 0);
  const told: EventRow[] = [];
  const following = follow(log, (rows) => told.push(...rows));
  await wait(50);
  const reader = await following;
  for (const step of steps) await log.step(step, wait);
  await wait(3000); // Whatever was lost is asked for within a second, and an answer takes up to 40 ms.
  const closing = reader.close();
  await wait(2000);
  await closing;
  return { told: told.map(({ data }) => data['n']), written: log.rows.map(({ data }) => data['n']) };
}

const figures = { told: 0, gaps: 0, ignored: 0, events: 0 };
beforeEach(() => Object.assign(figures, { told: 0, gaps: 0, ignored: 0, events: 0 }));
const ours: Follow = async ({ database, heard }, told) => {
  const reader = await followLog({ database, logger: silentLogger, bus: heard });
  reader.follow({ told, ended() {} });
  return {
    async close() {
      const { bus } = reader;
      figures.told += bus?.told ?? 0;
      figures.gaps += bus?.gaps ?? 0;
      figures.ignored += bus?.ignored ?? 0;
      await reader.close();
    },
  };
};

const steps = fc.array(anyStep, { minLength: 1, maxLength: 80, size: 'max' });
const latencies = fc.array(fc.nat(40), { minLength: 1, maxLength: 8 });

function tellsExactlyTheLog(follow: Follow, numRuns: number) {
  return fc.check(
    fc.asyncProperty(steps, latencies, async (someSteps, someLatencies) => {
      const { told, written } = await play(follow, someSteps, someLatencies);
      figures.events += told.length;
      expect(told).toEqual(written);
    }),
    { numRuns, seed: 0x5eed },
  );
}

it('tells exactly the log, in order, whatever is lost, repeated, reordered, garbled, late or away on the bus', async () => {
  const { failed, counterexample } = await tellsExactlyTheLog(ours, 1000);
  expect(counterexample).toBeNull();
  expect(failed).toBe(false);
  // It was not the database that told it all, and the bus did misbehave.
  expect(figures.told).toBeGreaterThan(figures.events / 4);
  expect(figures.gaps).toBeGreaterThan(1000);
  expect(figures.ignored).toBeGreaterThan(50);
}, 60_000);

it.each(['newest', 'all'] as const)('the naive reader that believes %s does not', async (believes) => {
  const naive: Follow = async ({ database, heard }, told) =>
    await followBelieving(believes, { database, bus: heard }, told);
  const { failed } = await tellsExactlyTheLog(naive, 400);
  expect(failed).toBe(true);
});

it('the naive reader that tells the newest loses what was lost before it, for ever', async () => {
  const naive: Follow = async ({ database, heard }, told) =>
    await followBelieving('newest', { database, bus: heard }, told);
  const hole: Step[] = [
    { kind: 'commit', count: 3 },
    { kind: 'relay' },
    { kind: 'lose', at: 1 },
    { kind: 'deliver', at: 0, count: 2, keeps: false },
  ];
  expect((await play(naive, hole, [0])).told).toEqual([0, 2]);
  expect((await play(ours, hole, [0])).told).toEqual([0, 1, 2]);
});

it('the naive reader that tells all that comes tells it twice', async () => {
  const naive: Follow = async ({ database, heard }, told) =>
    await followBelieving('all', { database, bus: heard }, told);
  const twice: Step[] = [
    { kind: 'commit', count: 2 },
    { kind: 'relay' },
    { kind: 'stale', from: 0, count: 2 },
    { kind: 'deliver', at: 0, count: 4, keeps: false },
  ];
  expect((await play(naive, twice, [0])).told).toEqual([0, 1, 0, 1]);
  expect((await play(ours, twice, [0])).told).toEqual([0, 1]);
});
