import { setTimeout as sleep } from 'node:timers/promises';

/** Chance from a seed, so that a run can be repeated. */
export interface Random {
  /** In `[0, 1)`. */
  next(): number;
  /** In `[0, limit)`. */
  integer(limit: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** Waits up to so many milliseconds. */
  pause(milliseconds: number): Promise<void>;
}

/** Mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    integer,
    pick<Item>(items: readonly Item[]) {
      return items[integer(items.length)] as Item;
    },
    async pause(milliseconds) {
      await sleep(next() * milliseconds);
    },
  };
}
