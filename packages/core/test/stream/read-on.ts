/** A stream that somebody reads in the background, as fast as it comes. */
export interface Reading<Item> {
  readonly told: readonly Item[];
  /** Resolves when the stream has ended; rejects with what it failed by. */
  readonly ended: Promise<void>;
}

export function readOn<Item>(stream: AsyncIterable<Item>): Reading<Item> {
  const told: Item[] = [];
  const read = async () => {
    for await (const item of stream) told.push(item);
  };
  const ended = read();
  ended.catch(() => undefined); // whoever cares awaits it
  return { told, ended };
}

/** The first so many of a stream, which is then left. */
export async function take<Item>(stream: AsyncIterable<Item>, count: number): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of stream) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}
