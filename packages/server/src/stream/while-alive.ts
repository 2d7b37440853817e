import type { Caller } from '../caller/caller.ts';
import type { CredentialGate } from '../caller/credential-gate.ts';

export interface LifeOfCredential {
  readonly caller: Caller;
  readonly credentials: CredentialGate;
  /** Aborted when the credential has ended. */
  readonly ended: AbortSignal;
  /** The error that the stream ends with then. */
  readonly refusal: (cause?: unknown) => Error;
}

/**
 * A host's stream for as long as the credential lives it was opened with: it is asked again before each item, and
 * when it ends in between, the stream fails at once. The host's generator is told to return, which it does at its
 * next `yield`; one that waits long should listen to the signal as well.
 */
export function whileAlive<Item>(
  stream: AsyncIterable<Item>,
  { caller, credentials, ended, refusal }: LifeOfCredential,
): AsyncIterable<Item> {
  const iterator = stream[Symbol.asyncIterator]();
  let refuse: ((error: Error) => void) | null = null;
  const onEnd = () => {
    refuse?.(refusal());
    void iterator.return?.().catch(() => undefined);
  };
  if (ended.aborted) onEnd();
  else ended.addEventListener('abort', onEnd, { once: true });

  async function next(): Promise<IteratorResult<Item>> {
    if (ended.aborted) throw refusal();
    const result = await new Promise<IteratorResult<Item>>((resolve, reject) => {
      refuse = reject;
      iterator.next().then(resolve, reject);
    });
    if (result.done !== true) {
      await credentials.assertCaller(caller).catch((cause: unknown) => {
        throw refusal(cause);
      });
    }
    return result;
  }

  async function leave(): Promise<IteratorReturnResult<undefined>> {
    ended.removeEventListener('abort', onEnd);
    await iterator.return?.();
    return { done: true, value: undefined };
  }

  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) };
}
