import { CountersignError } from '@countersign/core';
import { lifeOf, whileAlive, type Life, type StreamOwner } from '../stream/while-alive.ts';

/** A subscription that a credential's end could not end. */
class NoAsyncIterableError extends Error {
  override readonly name = 'NoAsyncIterableError';

  constructor() {
    super(
      'A scoped subscription must be an async generator: what it is now cannot be ended with its credential.',
    );
  }
}

/** A subscription's own stream. */
export function bindSubscription(data: unknown, owner: StreamOwner, life: Life): AsyncIterable<unknown> {
  if (isStream(data)) return whileAlive(data, owner, life);
  life.leave();
  throw new CountersignError('internal', { cause: new NoAsyncIterableError() });
}

/**
 * What a query or mutation streams out, as tRPC does: its answer itself, the fields of it, and the same of whatever comes
 * later. A promise cannot be ended; what it gives is given only while the credential still counts.
 */
export function bindAnswer(data: unknown, owner: StreamOwner): unknown {
  if (comesLater(data)) return bindLater(data, owner);
  if (!isRecord(data) || !Object.values(data).some(comesLater)) return data;
  return Object.fromEntries(Object.entries(data).map(([name, field]) => [name, bindLater(field, owner)]));
}

function bindLater(value: unknown, owner: StreamOwner): unknown {
  if (isPromise(value)) return boundPromise(value, owner);
  return isStream(value) ? whileAlive(boundItems(value, owner), owner, lifeOf(owner)) : value;
}

function boundPromise(promise: PromiseLike<unknown>, owner: StreamOwner): Promise<unknown> {
  const bound = Promise.resolve(promise).then(async (value) => {
    try {
      await owner.credentials.assertCaller(owner.caller, 'subscription');
    } catch (cause) {
      throw owner.refusal(cause);
    }
    return bindAnswer(value, owner);
  });
  bound.catch(() => undefined); // A link that streams nothing waits for none: that must end no process.
  return bound;
}

function boundItems(stream: AsyncIterable<unknown>, owner: StreamOwner): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = stream[Symbol.asyncIterator]();
      return {
        async next() {
          const result = await iterator.next();
          return { ...result, value: bindAnswer(result.value, owner) };
        },
        return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}

/** Whether anything of an answer is still to come when it is given, wherever it is in lists and records. */
export function streamsOut(data: unknown): boolean {
  const toLookAt = [data];
  const seen = new Set<unknown>();
  while (toLookAt.length > 0) {
    const value = toLookAt.pop();
    if (comesLater(value)) return true;
    if (seen.has(value) || !(Array.isArray(value) || isRecord(value))) continue;
    seen.add(value);
    for (const part of Object.values(value)) toLookAt.push(part);
  }
  return false;
}

function comesLater(value: unknown): boolean {
  return isStream(value) || isPromise(value);
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** Any that can be waited for, a query that is not yet sent as well. */
function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

/** What tRPC takes for one, also of another realm and without a prototype: the fields of no other are streamed. */
function isRecord(value: unknown): value is Record<string, unknown> {
  if (Object.prototype.toString.call(value) !== '[object Object]') return false;
  const { constructor: made } = value as { readonly constructor?: unknown };
  if (made === undefined) return true;
  return typeof made === 'function' && Object.hasOwn(Object(made.prototype) as object, 'isPrototypeOf');
}
