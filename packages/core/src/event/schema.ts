import { z } from 'zod';
import { eventTypes, eventView } from './catalog.ts';
import { cursor, id, slug, subjectId } from '../schema.ts';

/** Which events: every condition must hold. */
const eventFilter = {
  types: z.array(z.enum(eventTypes)).min(1).max(eventTypes.length).optional(),
  slug: slug.optional(),
  subjectId: subjectId.optional(),
  requestId: id.optional(),
};

export const eventListInput = z.strictObject({
  after: cursor.optional(),
  ...eventFilter,
  limit: z.number().int().min(1).max(500).optional(),
});
export type EventListInput = z.input<typeof eventListInput>;
export const eventListOutput = z.object({ items: z.array(eventView), cursor: z.string().nullable() });
