import { z } from 'zod';
import { cursor, idempotencyKey, text } from '../schema.ts';

/** They stand where their own work has brought them: moved or forgotten, webhooks would be sent again, or never. */
export const isOurs = (given: string): boolean => given.startsWith('countersign.');
export const oursExpected = 'must be no subscriber of Countersign itself';

const name = text(1, 64).describe('As `subscriber` was given it.');

export const subscriberView = z
  .object({
    name: z.string(),
    state: z.enum(['active', 'parked']).describe('Parked: an event has failed too often; resume it.'),
    cursor: z.string().describe('The last event that it has, as a cursor.'),
    lagSeconds: z
      .number()
      .describe(
        'How long the oldest event behind its place has been there, of whatever type; 0 when there is none.',
      ),
    failures: z.number().int().describe('How often the failed event has failed in a row.'),
    failedEventId: z.string().nullable(),
    failedAt: z.date().nullable(),
    failure: z
      .string()
      .nullable()
      .describe(
        'The kind of error, and the id under which the log of its node has it; `unknown_event_type` and the type while it waits for a node that knows the event.',
      ),
    retryAt: z.date().nullable(),
    node: z.string().nullable().describe('Which process handled its last batch.'),
    createdAt: z.date(),
    movedAt: z.date(),
  })
  .meta({ id: 'Subscriber' });
export type SubscriberView = z.output<typeof subscriberView>;

export const listInput = z.strictObject({});
export const listOutput = z.object({ items: z.array(subscriberView) });

const changed = { name, idempotencyKey: idempotencyKey.optional() };

export const resumeInput = z.strictObject({
  ...changed,
  skip: z
    .boolean()
    .optional()
    .describe('Passes over the event that failed: it never sees it again. Default false.'),
});

export const replayInput = z.strictObject({
  ...changed,
  after: cursor.optional().describe('Begins again behind this event.'),
  from: z
    .enum(['start', 'now'])
    .optional()
    .describe('Without a place: at the oldest event, or at the present end.'),
});

export const removeInput = z.strictObject({
  ...changed,
  name: name.refine((given) => !isOurs(given), oursExpected),
});
export const removeOutput = z.object({ removed: z.boolean().describe('False when there was none.') });
