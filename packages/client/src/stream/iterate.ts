/**
 * An iterator over a generator that waits for events. `return()` of the generator itself would wait for the
 * next event first; this one, and the signals, end it at once and quietly.
 */
export function iterate<Item>(
  generate: (signal: AbortSignal) => AsyncGenerator<Item, void, void>,
  signals: readonly (AbortSignal | undefined)[],
): AsyncIterableIterator<Item, void, void> {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  const generator = generating();

  async function* generating(): AsyncGenerator<Item, void, void> {
    for (const signal of signals) {
      if (signal?.aborted) end();
      signal?.addEventListener('abort', end);
    }
    try {
      yield* generate(controller.signal);
    } finally {
      for (const signal of signals) signal?.removeEventListener('abort', end);
    }
  }

  return {
    next: () => generator.next(),
    async return() {
      end();
      return await generator.return();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
