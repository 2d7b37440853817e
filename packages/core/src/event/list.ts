import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { invalidInput } from '../error.ts';
import { parseInput } from '../parse.ts';
import { requireParty } from '../permission.ts';
import { audienceOf, filterOf } from './filter.ts';
import { formatPosition, logStart, parsePosition } from './position.ts';
import { logEnd, readAfter } from './read.ts';
import { eventViewOf } from './row.ts';
import { eventLimitDefault, eventListInput, type EventListInput, type eventListOutput } from './schema.ts';

/**
 * The log after a cursor, in commit order. `cursor` is where to go on: it moves past what did not match, so
 * an empty page with another cursor than the one given means "there may be more". Subjects and devices see
 * the events of what they may see, with public payloads.
 *
 * `from: 'now'` gives the cursor of the present end: a stream that begins there can be cut before its first
 * event and misses nothing (decision 0009).
 *
 * Without a cursor it begins at the oldest event that is kept.
 *
 * @throws CountersignError `invalid_input` for a cursor that is none, and, with the issue `cursor_out_of_retention` or
 * `cursor_ahead_of_log`, for one from which the log cannot be read any more.
 */
export async function listEvents(
  context: CoreContext,
  input: EventListInput,
): Promise<z.output<typeof eventListOutput>> {
  const parsed = parseInput(eventListInput, input);
  requireParty(context.actor);
  if (parsed.after === undefined && parsed.from === 'now')
    return { items: [], cursor: formatPosition(await logEnd(context.db)) };
  const after = parsed.after === undefined ? logStart : parsePosition(parsed.after);
  if (after === null)
    throw invalidInput(['after'], 'must be the id of an event or a cursor that a list returned');
  const { actor, db } = context;
  const { rows, end } = await readAfter(
    db,
    filterOf(actor, parsed),
    after,
    parsed.limit ?? eventLimitDefault,
  );
  return {
    items: rows.map((row) => eventViewOf(row, audienceOf(actor))),
    cursor: end ? formatPosition(end) : (parsed.after ?? null),
  };
}
