import { z } from 'zod';
import { eventTypes, eventView } from './catalog.ts';
import { cursor, id, slug, subjectId } from '../schema.ts';

/** Which events: every condition must hold. */
const eventFilter = {
  types: z
    .array(z.enum(eventTypes))
    .min(1)
    .max(eventTypes.length)
    .optional()
    .describe('Only those of these types.'),
  slug: slug.optional().describe('Only those of this operation.'),
  subjectId: subjectId.optional().describe('Only those of this subject.'),
  requestId: id.optional().describe('Only those of this authorization request.'),
};

/** Where it begins without a place. */
const from = z.enum(['now', 'start']).optional();

/** Events of a page when nobody says how many. */
export const eventLimitDefault = 100;

export const eventListInput = z.strictObject({
  after: cursor.optional().describe('Goes on after this event, whatever `from` says.'),
  from: from.describe('Where a list without a place begins; default start. At now it has the cursor alone.'),
  ...eventFilter,
  limit: z
    .number()
    .int()
    .min(1)
    .max(500)
    .optional()
    .describe(`How many on a page; default ${eventLimitDefault}.`),
});
export type EventListInput = z.input<typeof eventListInput>;
export const eventListOutput = z.object({
  items: z.array(eventView),
  cursor: z.string().nullable().describe('Where to go on; null while there is nothing to go on from.'),
});

/** Without a place it begins with what happens from now on; the place of a resuming client comes first. */
export const eventStreamInput = z.strictObject({
  ...eventFilter,
  lastEventId: cursor.optional().describe('Goes on after this event, whatever `from` says.'),
  from: from.describe('Where a stream without a last event begins; default now.'),
});
export type EventStreamInput = z.input<typeof eventStreamInput>;
