import type { CountersignClient } from '../countersign-client.ts';

const lines = new WeakMap<CountersignClient, Promise<unknown>>();

/**
 * One ceremony at a time for each client, in the order of arrival: two dialogs at once, and a person answers the
 * wrong one. `hasWaited` says whether anything came before.
 */
export async function inTurn<T>(
  client: CountersignClient,
  work: (hasWaited: boolean) => Promise<T>,
): Promise<T> {
  const before = lines.get(client);
  const mine = (before ?? Promise.resolve()).then(() => work(before !== undefined));
  const over = mine.then(
    () => undefined,
    () => undefined,
  );
  lines.set(client, over);
  try {
    return await mine;
  } finally {
    if (lines.get(client) === over) lines.delete(client);
  }
}
