import type { Revocable, Revocation } from './revocation.ts';

/** Room for what a day of heavy use revokes one by one; sessions, subjects and keys take one place each. */
const revocationsMax = 1_000_000;

/**
 * What is revoked, in memory. It only grows until what it holds has expired anyway; adding twice is adding once,
 * in any order. What it holds is never dropped to make room.
 */
export interface RevocationSet {
  readonly size: number;
  readonly entriesMax: number;
  /** @returns false when there was no room for all of them: what is not held may be revoked all the same. */
  add(revocations: readonly Revocation[], now: Date): boolean;
  /** Whether one of these revokes a token of that security epoch. */
  holds(revocables: readonly Revocable[], epoch: number): boolean;
}

interface Held {
  readonly minimumEpoch: number | null;
  readonly notAfter: number;
}

const pruneEveryMs = 60_000;

export function createRevocationSet({ entriesMax = revocationsMax } = {}): RevocationSet {
  const held = new Map<string, Held>();
  let prunedAt = Number.NEGATIVE_INFINITY;

  /** No token can be valid that these concern. The clock of the verifier decides, as it does of expiry. */
  function prune(now: number): void {
    if (Math.abs(now - prunedAt) < pruneEveryMs && held.size < entriesMax) return;
    prunedAt = now;
    for (const [name, { notAfter }] of held) if (notAfter <= now) held.delete(name);
  }

  function hold({ kind, value, minimumEpoch, notAfter }: Revocation): boolean {
    const name = nameOf({ kind, value });
    const before = held.get(name);
    if (before === undefined && held.size >= entriesMax) return false;
    held.set(name, {
      minimumEpoch: before ? highest(before.minimumEpoch, minimumEpoch) : minimumEpoch,
      notAfter: Math.max(notAfter, before?.notAfter ?? notAfter),
    });
    return true;
  }

  return {
    get size() {
      return held.size;
    },
    entriesMax,
    add(revocations, now) {
      prune(now.getTime());
      let isAll = true;
      for (const revocation of revocations)
        if (revocation.notAfter > now.getTime()) isAll = hold(revocation) && isAll;
      return isAll;
    },
    holds: (revocables, epoch) =>
      revocables.some((revocable) => {
        const found = held.get(nameOf(revocable));
        return found !== undefined && (found.minimumEpoch === null || epoch < found.minimumEpoch);
      }),
  };
}

/** No kind holds a `:`. */
function nameOf({ kind, value }: Revocable): string {
  return `${kind}:${value}`;
}

/** Null revokes every epoch. */
function highest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.max(one, other);
}
