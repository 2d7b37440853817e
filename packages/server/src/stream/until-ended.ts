/**
 * The same stream, and `onEnd` once when it is over: read to its end, failed, returned, or its caller gone.
 * By hand instead of a generator with `finally`: one that nobody has begun to read never runs its `finally`,
 * and a client can leave before the first read.
 */
export function untilEnded<Item>(
  stream: AsyncIterable<Item>,
  signal: AbortSignal | undefined,
  onEnd: () => void,
): AsyncIterable<Item> {
  return new Ending(stream[Symbol.asyncIterator](), signal, onEnd);
}

/** A class, since there is one for each of many idle streams. */
class Ending<Item> implements AsyncIterableIterator<Item, void, void> {
  readonly #iterator: AsyncIterator<Item>;
  readonly #signal: AbortSignal | undefined;
  #onEnd: (() => void) | null;

  constructor(iterator: AsyncIterator<Item>, signal: AbortSignal | undefined, onEnd: () => void) {
    this.#iterator = iterator;
    this.#signal = signal;
    this.#onEnd = onEnd;
    if (signal?.aborted === true) this.handleEvent();
    else signal?.addEventListener('abort', this, { once: true });
  }

  /** The signal was aborted. A generator that was begun hears of it too; this ends one that was not. */
  handleEvent(): void {
    this.#end();
    void this.#iterator.return?.().catch(() => undefined);
  }

  async next(): Promise<IteratorResult<Item, void>> {
    try {
      const result = await this.#iterator.next();
      if (result.done !== true) return result;
    } catch (error) {
      this.#end();
      void this.#iterator.return?.().catch(() => undefined);
      throw error;
    }
    return this.return();
  }

  async return(): Promise<IteratorReturnResult<void>> {
    this.#end();
    await this.#iterator.return?.();
    return { done: true, value: undefined };
  }

  /** tRPC's error formatter passes on what `next` rejected with only if there is one. */
  async throw(error: unknown): Promise<never> {
    this.#end();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(): void {
    this.#signal?.removeEventListener('abort', this);
    this.#onEnd?.();
    this.#onEnd = null;
  }
}
