import type { Method } from '../../src/method/define.ts';

/** A proof that is being judged for as long as the test likes. */
export interface GatedCall {
  /** Resolves once core compares the proof with something. */
  readonly entered: Promise<void>;
  open(): void;
}

/**
 * Holds core inside `verify`, where other calls overtake it: between the attempt that is spent and the answer
 * that is written.
 */
export class Gate {
  #next: { enter(): void; readonly opened: Promise<void> } | null = null;

  /** The next proof that reaches `verify` waits there, until `open`. */
  close(): GatedCall {
    const entered = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    this.#next = { enter: entered.resolve, opened: opened.promise };
    return { entered: entered.promise, open: opened.resolve };
  }

  /** Whoever comes from now on passes. */
  pass(): void {
    this.#next = null;
  }

  guard(method: Method): Method {
    return {
      ...method,
      verify: async (input) => {
        const gate = this.#next;
        const verdict = await method.verify(input);
        gate?.enter();
        await gate?.opened;
        return verdict;
      },
    };
  }
}
