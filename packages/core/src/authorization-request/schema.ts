import { z } from 'zod';
import { bindings } from '../binding.ts';
import { requestDefaults } from '../limits.ts';
import { challengeView } from '../challenge/schema.ts';
import { eventView } from '../event/catalog.ts';
import {
  context,
  cursor,
  id,
  idempotencyKey,
  limit,
  locale,
  sessionId,
  slug,
  subjectId,
  text,
} from '../schema.ts';

export const states = ['waiting', 'granted', 'denied', 'cancelled', 'expired'] as const;
export type State = (typeof states)[number];

const fact = z
  .strictObject({ label: text(1, 40), value: text(0, 200) })
  .meta({ id: 'Fact', description: 'A line that the person reads.' });
const relatedObject = z
  .strictObject({ type: text(1, 64), id: text(1, 200) })
  .meta({ id: 'RelatedObject', description: 'Something of yours that a request is about.' });
/** What leaves is never narrower than what is stored: escaping can make a line longer than it may come in. */
const factView = z
  .object({ label: z.string(), value: z.string() })
  .meta({ id: 'FactView', description: 'A line as the person reads it.' });
const relatedObjectView = z
  .object({ type: z.string(), id: z.string() })
  .meta({ id: 'RelatedObjectView', description: 'Something of yours that the request is about.' });
const methodKey = text(1, 64);

/** The request as it leaves core. No field can hold a secret. */
export const authorizationRequestView = z
  .object({
    id: z.templateLiteral(['areq_', z.string()]).describe('The id of the request.'),
    slug: z.string().describe('The operation.'),
    subjectId: z.string().describe('Whose consent it is: an id of the host.'),
    sessionId: z.string().nullable().describe('The one session that may see and use it, or null.'),
    title: z.string().describe('What the person reads first.'),
    description: z.string().nullable().describe('What the person reads next, if there is more.'),
    facts: z.array(factView).describe('What the person reads, made by the server.'),
    data: z.unknown().describe('The exact values that are authorized.'),
    dataHash: z.string().describe('Base64url SHA-256 of slug and canonical data.'),
    displayHash: z.string().describe('Base64url SHA-256 of the text the person reads.'),
    relatedObjects: z.array(relatedObjectView).describe('What of yours it is about.'),
    state: z.enum(states).describe('Where it stands; only `waiting` still changes.'),
    reason: z.string().nullable().describe('Why it was denied: declined, not_me, attempts_exhausted.'),
    methods: z.array(z.string()).describe('The ways to prove that are possible here.'),
    requiredBinding: z.enum(bindings).describe('How strongly the proof must be tied to the data.'),
    binding: z
      .enum(bindings)
      .nullable()
      .describe('How strongly the proof was tied to the data, once granted.'),
    attemptsLeft: z.number().int().describe('Wrong proofs that are left, all methods together.'),
    createdAt: z.date(),
    expiresAt: z.date().describe('Until when it can be answered.'),
    decidedAt: z.date().nullable().describe('When it stopped waiting.'),
    grantedAt: z.date().nullable(),
    executeBefore: z.date().nullable().describe('Until when the grant can be consumed.'),
    consumedAt: z.date().nullable(),
    challenge: challengeView.nullable().describe('The newest open challenge; always null in a list.'),
  })
  .meta({
    id: 'AuthorizationRequest',
    description: 'One dangerous operation that waits for its authorization, or was decided.',
  });
export type AuthorizationRequestView = z.output<typeof authorizationRequestView>;

/** Chooses the proof's schema later, by its `method`; here only the shape that all have. */
export const proofInput = z.looseObject({ method: methodKey }).meta({ id: 'Proof' });
export type ProofInput = z.output<typeof proofInput>;

const accompanied = { idempotencyKey: idempotencyKey.optional(), context: context.optional() };

const { expiresInSeconds, expiresInSecondsMax, executeWithinSeconds, executeWithinSecondsMax } =
  requestDefaults;
const undefinedSlugOnly = 'Only for a slug that no operation defines.';

export const createInput = z.strictObject({
  slug: slug.describe('The operation.'),
  subjectId: subjectId
    .optional()
    .describe(
      'Whose consent it is: an id of yours. Required from the service; otherwise the subject itself.',
    ),
  data: z
    .unknown()
    .optional()
    .describe('The exact values to authorize: JSON of at most 16 KiB and 16 levels. Default null.'),
  title: text(1, 200).optional().describe(`What the person reads. ${undefinedSlugOnly}`),
  description: text(1, 2000).optional().describe(`More for the person to read. ${undefinedSlugOnly}`),
  facts: z.array(fact).max(12).optional().describe(`Lines for the person to read. ${undefinedSlugOnly}`),
  sessionId: sessionId
    .nullable()
    .optional()
    .describe('The one session that may see and use it; default null, any session of the subject.'),
  methods: z
    .array(methodKey)
    .min(1)
    .max(20)
    .optional()
    .describe('The ways to prove that may be used, of those that are possible; default all of them.'),
  factorIds: z.array(id).min(1).max(20).optional().describe('The factors that may be used.'),
  relatedObjects: z
    .array(relatedObject)
    .max(20)
    .optional()
    .describe('What of yours it is about; lists can be narrowed to one.'),
  deliverTo: z
    .strictObject({ channel: z.enum(['email', 'sms']), address: text(3, 254) })
    .optional()
    .describe('Where a code goes.'),
  locale: locale.optional(),
  expiresInSeconds: z
    .number()
    .int()
    .min(1)
    .max(expiresInSecondsMax)
    .optional()
    .describe(`The time to answer; default what the operation says, or ${expiresInSeconds}.`),
  executeWithinSeconds: z
    .number()
    .int()
    .min(1)
    .max(executeWithinSecondsMax)
    .optional()
    .describe(
      `The time to consume it after the grant; default what the operation says, or ${executeWithinSeconds}.`,
    ),
  ...accompanied,
});
export type CreateInput = z.input<typeof createInput>;

const requestId = id.describe('The id of the request.');

export const getInput = z.strictObject({ id: requestId });
export const watchInput = z.strictObject({
  id: requestId,
  lastEventId: cursor.optional().describe('Goes on after this event, once the snapshot has been told.'),
});

/** What a watch begins with: shaped like an event, but no event of the log. */
export const requestSnapshot = eventView
  .extend({
    id: eventView.shape.id.describe('The cursor: give it back for the events that this watch goes on with.'),
    type: z.literal('authorization_request.snapshot'),
    sequence: z.number().int().describe('The newest event that is contained in it.'),
    data: z.object({ request: authorizationRequestView }),
  })
  .meta({
    id: 'AuthorizationRequestSnapshotEvent',
    description: 'The request as it is: what a watch begins with. No event of the log.',
  });
export type RequestSnapshot = z.output<typeof requestSnapshot>;

export const watchEvent = z.discriminatedUnion('type', [requestSnapshot, eventView]);
export type WatchEvent = z.output<typeof watchEvent>;
/** Items of a page when nobody says how many. */
export const listLimitDefault = 50;
export const listInput = z.strictObject({
  subjectId: subjectId.optional().describe('Only those of this subject.'),
  slug: slug.optional().describe('Only those of this operation.'),
  state: z.enum(states).optional().describe('Only those that stand here.'),
  sessionId: sessionId.optional().describe('Only those that are bound to this session.'),
  relatedObject: relatedObject.optional().describe('Only those that name this object.'),
  cursor: cursor.optional().describe('The `nextCursor` of the page before.'),
  limit: limit.optional().describe(`How many on a page; default ${listLimitDefault}.`),
});
export const listOutput = z.object({
  items: z.array(authorizationRequestView),
  nextCursor: z.string().nullable().describe('For the next page; null when this is the last one.'),
});

export const challengeInput = z.strictObject({
  id: requestId,
  method: methodKey.optional().describe('Required when several are possible.'),
  factorId: id.optional().describe('The factor to prove with.'),
  ...accompanied,
});
export const checkInput = z.strictObject({ id: requestId, proof: proofInput, ...accompanied });
export const checkOutput = z.object({
  valid: z.boolean(),
  attemptsLeft: z.number().int().describe('Wrong proofs that are left, all methods together.'),
});
export const grantInput = z.strictObject({ id: requestId, proof: proofInput.optional(), ...accompanied });
export const grantOutput = z.discriminatedUnion('granted', [
  z.object({ granted: z.literal(true), request: authorizationRequestView }),
  z.object({ granted: z.literal(false), attemptsLeft: z.number().int(), request: authorizationRequestView }),
]);
export const denyInput = z.strictObject({
  id: requestId,
  reason: z.enum(['declined', 'not_me']).optional().describe('Default `declined`.'),
  proof: proofInput.optional(),
  ...accompanied,
});
export const cancelInput = z.strictObject({ id: requestId, ...accompanied });
export const resetInput = z.strictObject({
  id: requestId,
  method: methodKey.optional().describe('Required when several are possible.'),
  expiresInSeconds: z
    .number()
    .int()
    .min(1)
    .max(expiresInSecondsMax)
    .optional()
    .describe('The time to answer from now on; never later than an hour after the creation.'),
  ...accompanied,
});
export const resetOutput = z.object({
  request: authorizationRequestView,
  challenge: challengeView.nullable(),
});
export const consumeInput = z.strictObject({
  id: requestId,
  slug: slug.describe('The operation that is about to be executed.'),
  subjectId: subjectId.describe('For whom it is about to be executed.'),
  sessionId: sessionId.nullable().optional().describe('The session it is bound to; default null.'),
  data: z.unknown().optional().describe('The values it is about to be executed with. Default null.'),
  ...accompanied,
});

/** What a host keeps beside its own write: which consent paid for it. */
export const receiptView = z
  .object({
    authorizationRequestId: z.string(),
    slug: z.string(),
    subjectId: z.string(),
    sessionId: z.string().nullable(),
    dataHash: z.string(),
    displayHash: z.string(),
    binding: z.enum(bindings),
    grantedAt: z.date(),
    consumedAt: z.date(),
  })
  .meta({
    id: 'Receipt',
    description: 'Which consent paid for an execution; to be kept beside your own write.',
  });
export type Receipt = z.output<typeof receiptView>;
export const consumeOutput = z.object({ consumed: z.literal(true), receipt: receiptView });
