import { setTimeout as sleep } from 'node:timers/promises';

/** The value once it has stood still for 400 ms. */
export async function untilStill(value: () => number): Promise<number> {
  for (let before = -1; ; before = value()) {
    await sleep(400);
    if (value() === before) return before;
  }
}
