import { z } from 'zod';
import { eventTypes } from '../event/catalog.ts';
import { cursor, id, idempotencyKey, slug, text } from '../schema.ts';
import { webhookFailures } from './transport.ts';
import { urlCharactersMax } from './url.ts';

const webhookId = z.templateLiteral(['whk_', z.string()]);
const deliveryId = z.templateLiteral(['whd_', z.string()]);
const eventId = z.templateLiteral(['evt_', z.string()]);
const repeatable = { idempotencyKey: idempotencyKey.optional() };

export const disabledReasons = ['gone', 'failing', 'operator'] as const;
export type DisabledReason = (typeof disabledReasons)[number];

export const deliveryStates = ['waiting', 'delivered', 'failed', 'cancelled'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** What a try can fail by: those of the transport, and a secret of ours that does not open. */
export const tryFailures = [...webhookFailures, 'secret_unreadable'] as const;
export type TryFailure = (typeof tryFailures)[number];

/** What else a URL must be is said where it is read: what may be sent to hangs on where this runs. */
const url = z
  .string()
  .max(urlCharactersMax)
  .describe('Where to: https, without a name, password or fragment.');
const description = text(1, 200);
const types = z.array(z.enum(eventTypes)).min(1).max(eventTypes.length);

export const createInput = z.strictObject({
  url,
  description: description.optional().describe('What is behind it, for people.'),
  types: types.optional().describe('Only events of these types; without it all of them.'),
  slug: slug.optional().describe('Only events of this operation.'),
  ...repeatable,
});

/** An endpoint as operators see it. Its secret is nowhere. */
export const endpointView = z
  .object({
    id: webhookId,
    url: z.string(),
    description: z.string().nullable(),
    types: z.array(z.enum(eventTypes)).nullable().describe('Null: all of them.'),
    slug: z.string().nullable(),
    isActive: z.boolean(),
    disabledReason: z
      .enum(disabledReasons)
      .nullable()
      .describe(
        '`gone`: it answered 410 · `failing`: it took nothing for the whole schedule · `operator`: by hand.',
      ),
    disabledAt: z.date().nullable(),
    previousSecretUntil: z
      .date()
      .nullable()
      .describe('Until then the secret before the last rotation signs as well.'),
    lastDeliveredAt: z.date().nullable().describe('To the minute.'),
    createdAt: z.date(),
    createdBy: z.string().describe('The kind of actor, and its key: `operator:key_…`.'),
    updatedAt: z.date(),
  })
  .meta({ id: 'WebhookEndpoint', description: 'Where events are sent.' });
export type EndpointView = z.output<typeof endpointView>;

const shownSecret = z
  .string()
  .nullable()
  .describe('`whsec_…`, shown once: null when the call is repeated with its idempotency key.');

export const createOutput = z.object({ ...endpointView.shape, secret: shownSecret });

export const listInput = z.strictObject({});
export const listOutput = z.array(endpointView).describe('All there are, newest first.');

export const updateInput = z.strictObject({
  id,
  url: url.optional(),
  description: description.nullable().optional(),
  types: types.nullable().optional().describe('Null: all of them.'),
  slug: slug.nullable().optional().describe('Null: of every operation.'),
  isActive: z
    .boolean()
    .optional()
    .describe('False: what is owed is cancelled. True again: from now on; a replay brings what was missed.'),
  ...repeatable,
});

export const removeInput = z.strictObject({ id, ...repeatable });
export const removeOutput = z.object({ removed: z.literal(true) });

/** A day: long enough for a receiver to be given the new secret, short enough for one that is lost. */
export const overlapSecondsDefault = 86_400;
export const rotateSecretInput = z.strictObject({
  id,
  overlapSeconds: z
    .number()
    .int()
    .min(0)
    .max(7 * 86_400)
    .optional()
    .describe('So long both sign; default a day. 0: the earlier one is over at once.'),
  ...repeatable,
});
export const rotateSecretOutput = z.object({ ...endpointView.shape, secret: shownSecret });

const tried = z.object({
  at: z.date(),
  status: z.number().int().nullable().describe('What it answered; null without an answer.'),
  failure: z.enum(tryFailures).nullable().describe('Why there was no answer.'),
  milliseconds: z.number().int(),
});

export const testInput = z.strictObject({ id, ...repeatable });
export const testOutput = z
  .object({ delivered: z.boolean().describe('Whether it answered 2xx.'), ...tried.shape })
  .meta({ id: 'WebhookTest', description: 'What came of a test message. It is in no log.' });

export const deliveryView = z
  .object({
    id: deliveryId,
    endpointId: webhookId,
    eventId: eventId.describe('The `webhook-id` of its messages.'),
    type: z.enum(eventTypes),
    state: z.enum(deliveryStates),
    isReplay: z.boolean(),
    nextTryAt: z
      .date()
      .nullable()
      .describe('Null while it is being sent, and when nothing is owed any more.'),
    tries: z.array(tried).describe('What came of each, the first one first.'),
    createdAt: z.date(),
    finishedAt: z.date().nullable(),
  })
  .meta({ id: 'WebhookDelivery', description: 'One event on its way to one endpoint.' });
export type DeliveryView = z.output<typeof deliveryView>;

export const deliveriesLimitDefault = 50;
export const deliveriesInput = z.strictObject({
  endpointId: id.optional().describe('Only those to this endpoint, also one that was removed.'),
  state: z.enum(deliveryStates).optional(),
  cursor: cursor.optional().describe('The `nextCursor` of the page before.'),
  limit: z.number().int().min(1).max(100).optional().describe(`Default ${deliveriesLimitDefault}.`),
});
export const deliveriesOutput = z.object({
  items: z.array(deliveryView),
  nextCursor: z.string().nullable().describe('For the next page; null when this is the last one.'),
});

export const replayInput = z.strictObject({
  deliveryId: id.optional().describe('This one once more. Nothing else is given with it.'),
  endpointId: id.optional().describe('Everything that its filter lets through, with `after` or `since`.'),
  after: cursor
    .optional()
    .describe('From the event behind this one on: its id, or the `cursor` of the call before.'),
  since: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('From this moment on, or from up to a minute before: `2026-11-22T12:00:00Z`.'),
  ...repeatable,
});
export const replayOutput = z.object({
  replayed: z
    .number()
    .int()
    .describe('How many are owed by this. What is on its way already is not counted.'),
  cursor: z.string().nullable().describe('There is more: call again with it as `after`. Null: this was all.'),
});
