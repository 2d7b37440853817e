import type { Events } from '../countersign-client.ts';
import type { CallOptions, EventProcedures } from '../generated/client.ts';
import type { EventListInput } from '../generated/schema.ts';
import { createPages } from '../pages.ts';

/** The procedures, with a list that can be iterated to the present end of the log. */
export function createEvents(procedures: EventProcedures): Events {
  const { list } = procedures;
  const narrowed: Record<keyof EventProcedures, unknown> = {
    ...procedures,
    list: (input?: EventListInput, options?: CallOptions) =>
      createPages({
        fetch: (after = input?.after) => list({ ...input, after }, options),
        itemsOf: ({ items }) => items,
        // Where to go on is told after every page; it stays the same when nothing more is there.
        nextOf: ({ cursor }, after = input?.after) => (cursor === after ? null : cursor),
      }),
  };
  // The server leaves out every other type; the compiler cannot know.
  return narrowed as Events;
}
