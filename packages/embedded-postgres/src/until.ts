import { setTimeout as sleep } from 'node:timers/promises';

/** Looks every few milliseconds (PostgreSQL has no way to be told) and returns false when time is up. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await sleep(5);
  }
  return true;
}
