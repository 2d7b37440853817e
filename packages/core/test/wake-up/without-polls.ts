import { setTimeout as sleep } from 'node:timers/promises';

/** What the reader of the log and the watches wait for between two polls, with followers and without. */
const pollsMs: ReadonlySet<unknown> = new Set([250, 1000]);
const anHourMs = 3_600_000;

/** From now on nothing in this process polls the log: whatever arrives was brought by a wake-up. */
export function withoutPolls(): Disposable {
  const original = globalThis.setTimeout;
  const stretched = (handler: (...input: unknown[]) => void, waitMs?: number, ...input: unknown[]) =>
    original(handler, pollsMs.has(waitMs) ? anHourMs : waitMs, ...input);
  globalThis.setTimeout = Object.assign(stretched, original);
  return { [Symbol.dispose]: () => void (globalThis.setTimeout = original) };
}

/** Longer than any poll would have taken. */
export async function aPoll(): Promise<void> {
  await sleep(1200);
}
