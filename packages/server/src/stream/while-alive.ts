import type { Caller } from '../caller/caller.ts';
import type { CredentialGate } from '../caller/credential-gate.ts';
import { untilEnded } from './until-ended.ts';

/** Whose stream it is, and what asks for the credential. */
export interface StreamOwner {
  readonly caller: Caller;
  readonly credentials: CredentialGate;
  /** Aborted when the caller leaves. */
  readonly signal: AbortSignal | undefined;
  /** The error that the stream ends with when its credential does. */
  readonly refusal: (cause?: unknown) => Error;
}

/** The life of a credential, looked after. */
export interface Life {
  /** Aborted when the credential has ended. */
  readonly ended: AbortSignal;
  end(): void;
  /** Nobody needs to look after it any more. */
  leave(): void;
}

export function lifeOf({ caller, credentials }: Pick<StreamOwner, 'caller' | 'credentials'>): Life {
  const controller = new AbortController();
  const end = () => controller.abort();
  return { ended: controller.signal, end, leave: credentials.watch(caller, end) };
}

/**
 * A host's stream for as long as the credential lives it was opened with: it is asked again before each item, and
 * when it ends in between, the stream fails at once. The host's generator is told to return, which it does at its
 * next `yield`; one that waits long should listen to the signal as well.
 */
export function whileAlive<Item>(
  stream: AsyncIterable<Item>,
  { caller, credentials, signal, refusal }: StreamOwner,
  life: Life,
): AsyncIterable<Item> {
  const iterator = stream[Symbol.asyncIterator]();
  let refuse: ((error: Error) => void) | null = null;
  const onEnd = () => {
    refuse?.(refusal());
    void iterator.return?.().catch(() => undefined);
  };
  if (life.ended.aborted) onEnd();
  else life.ended.addEventListener('abort', onEnd, { once: true });

  async function next(): Promise<IteratorResult<Item>> {
    if (life.ended.aborted) throw refusal();
    const result = await new Promise<IteratorResult<Item>>((resolve, reject) => {
      refuse = reject;
      iterator.next().then(resolve, reject);
    });
    if (result.done === true) return result;
    try {
      await credentials.assertCaller(caller, 'subscription');
      return result;
    } catch (cause) {
      life.end(); // the host's generator hears of it, and its signal
      throw refusal(cause);
    }
  }

  async function leave(): Promise<IteratorReturnResult<undefined>> {
    life.ended.removeEventListener('abort', onEnd);
    await iterator.return?.();
    return { done: true, value: undefined };
  }

  const alive = { [Symbol.asyncIterator]: () => ({ next, return: leave }) };
  return untilEnded(alive, signal, life.leave);
}
