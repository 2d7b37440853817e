import type { CountersignClient } from '../countersign-client.ts';
import { perClient } from './per-client.ts';

interface Line {
  last: Promise<unknown> | undefined;
  /** What `onChallenge` has begun and not returned from, by the request it is about. */
  readonly asking: Set<unknown>;
}

export const lineOf = perClient<Line>(() => ({ last: undefined, asking: new Set() }));

/**
 * One ceremony at a time for each client, in the order of arrival: two dialogs at once, and a person answers the
 * wrong one. `hasWaited` says whether anything came before.
 *
 * `isInner` is for a call that was made while something asked, which may be waiting for it: that one goes first.
 */
export async function inTurn<T>(
  client: CountersignClient,
  isInner: boolean,
  work: (hasWaited: boolean) => Promise<T>,
): Promise<T> {
  if (isInner) return await work(false);
  const line = lineOf(client);
  const before = line.last;
  const mine = (before ?? Promise.resolve()).then(() => work(before !== undefined));
  const over = mine.then(
    () => undefined,
    () => undefined,
  );
  line.last = over;
  try {
    return await mine;
  } finally {
    if (line.last === over) line.last = undefined;
  }
}

/** Whether a call that is made now may be awaited by what asks. */
export function isInnerCall(client: CountersignClient): boolean {
  return lineOf(client).asking.size > 0;
}
