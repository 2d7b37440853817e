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

/** What a query or mutation streams out: its answer itself, or the fields of its answer. */
export function bindAnswer(data: unknown, owner: StreamOwner): unknown {
  if (isStream(data)) return whileAlive(data, owner, lifeOf(owner));
  if (!isRecord(data) || !Object.values(data).some(isStream)) return data;
  return Object.fromEntries(Object.entries(data).map(([name, field]) => [name, bindAnswer(field, owner)]));
}

/** Whether anything of an answer is still to come when it is given. */
export function streamsOut(data: unknown): boolean {
  return isStream(data) || (isRecord(data) && Object.values(data).some(streamsOut));
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
