export interface Deadline {
  /** Given at the deadline, or with any of the signals. */
  readonly signal: AbortSignal;
  /** Rejects then. tRPC itself waits for the rest of a batch when one of its calls is given up. */
  readonly passed: Promise<never>;
  /** Frees the timer and the listeners. */
  end(): void;
}

export function createDeadline(
  milliseconds: number,
  signals: readonly (AbortSignal | undefined)[],
): Deadline {
  const controller = new AbortController();
  const { promise: passed, reject } = Promise.withResolvers<never>();
  passed.catch(() => undefined); // Nobody may be listening any more.
  const pass = (): void => {
    controller.abort();
    reject(new Error(`no answer within ${milliseconds} ms, or nobody waits for it any more`));
  };
  const timer = setTimeout(pass, milliseconds);
  for (const signal of signals) {
    if (signal?.aborted) pass();
    else signal?.addEventListener('abort', pass, { once: true });
  }
  return {
    signal: controller.signal,
    passed,
    end() {
      clearTimeout(timer);
      for (const signal of signals) signal?.removeEventListener('abort', pass);
    },
  };
}
