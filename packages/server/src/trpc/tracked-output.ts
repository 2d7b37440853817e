import type { TrackedEnvelope } from '@trpc/server';
import { z } from 'zod';

/** What a subscription declares as its output: values with ids, for as long as it lasts. */
export type TrackedOutput<Element extends z.ZodType> = z.ZodType<
  AsyncIterable<TrackedEnvelope<z.output<Element>>, void>
> & {
  /** The schema of each value, for whoever makes documents or a client of it. */
  readonly element: Element;
};

/**
 * The output of a subscription whose values are `tracked(id, value)`. Checked is that it is a stream; a value
 * is made by core once for all who read it, and is not parsed again for each of them.
 */
export function trackedOutput<Element extends z.ZodType>(element: Element): TrackedOutput<Element> {
  const stream = z
    .custom<AsyncIterable<TrackedEnvelope<z.output<Element>>, void>>(isAsyncIterable)
    .meta({ tracked: true });
  return Object.assign(stream, { element });
}

function isAsyncIterable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
