/** Reads a stream in the background. */
export interface Collected<Item> {
  readonly items: Item[];
  /** Settles when the stream ends. */
  readonly ended: Promise<void>;
}

export function collect<Item>(stream: AsyncIterable<Item>): Collected<Item> {
  const items: Item[] = [];
  const ended = (async () => {
    for await (const item of stream) items.push(item);
  })();
  ended.catch(() => undefined); // Who is interested awaits it.
  return { items, ended };
}
