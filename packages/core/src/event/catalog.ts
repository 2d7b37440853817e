import { z } from 'zod';
import { authorizationRequestEvents } from './catalog/authorization-request.ts';
import { confirmationEvents } from './catalog/confirmation.ts';
import { factorEvents } from './catalog/factor.ts';
import { scopedTokenEvents } from './catalog/scoped-token.ts';
import { subjectEvents } from './catalog/subject.ts';
import { webhookEvents } from './catalog/webhook.ts';
import type { EventKind } from './catalog/kind.ts';

/**
 * Every event there is (the contract, §4). Closed: a type that is not here cannot be written.
 * The service reads the full payload; subjects and devices the public one.
 */
export const eventCatalog = {
  ...authorizationRequestEvents,
  ...confirmationEvents,
  ...factorEvents,
  ...scopedTokenEvents,
  ...subjectEvents,
  ...webhookEvents,
} as const satisfies Record<string, EventKind>;

export type EventType = keyof typeof eventCatalog;

export const eventTypes = Object.keys(eventCatalog) as [EventType, ...EventType[]];

/** What an event can be about; with the id it names the thing, and `sequence` counts its events. */
export const aboutKinds = [
  'authorization_request',
  'confirmation',
  'factor',
  'device',
  'scoped_token',
  'subject',
  'webhook',
] as const;
export type AboutKind = (typeof aboutKinds)[number];

export const eventView = z
  .object({
    id: z
      .templateLiteral(['evt_', z.string()])
      .describe('The cursor: give it back to go on after this event.'),
    type: z.enum(eventTypes),
    occurredAt: z.date(),
    subjectId: z.string().nullable(),
    slug: z.string().nullable(),
    about: z.object({ kind: z.enum(aboutKinds), id: z.string() }),
    sequence: z.number().int().describe('1, 2, 3 … for each thing, without a gap.'),
    data: z.unknown(),
    context: z
      .unknown()
      .describe('What the caller of the mutation passed along; null for subjects and devices.'),
  })
  .meta({ id: 'Event' });
export type EventView = z.output<typeof eventView>;

/** The payload of one type, as the service reads it. Times are ISO 8601 text. */
export type EventData<Type extends EventType> = z.output<(typeof eventCatalog)[Type]['full']>;
