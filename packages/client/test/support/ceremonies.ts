import { expect } from 'vitest';
import type { OnChallenge, PendingAuthorization } from '../../src/index.ts';

/** Stands for what asks the person, and remembers what it was asked. */
export interface Ceremonies {
  readonly onChallenge: OnChallenge;
  /** All there were. */
  readonly all: readonly PendingAuthorization[];
  /** Those that were open at the same time, at most. */
  readonly mostAtOnce: number;
  /** The one that has this number, from 1 on, once it is open. */
  number(wanted: number): Promise<PendingAuthorization>;
}

export function ceremonies(then: (pending: PendingAuthorization) => unknown = () => undefined): Ceremonies {
  const all: PendingAuthorization[] = [];
  let open = 0;
  let mostAtOnce = 0;
  return {
    all,
    get mostAtOnce() {
      return mostAtOnce;
    },
    async onChallenge(pending) {
      all.push(pending);
      open += 1;
      mostAtOnce = Math.max(mostAtOnce, open);
      pending.signal.addEventListener('abort', () => (open -= 1));
      await then(pending);
    },
    async number(wanted) {
      await expect.poll(() => all.length).toBeGreaterThanOrEqual(wanted);
      return all[wanted - 1]!;
    },
  };
}
