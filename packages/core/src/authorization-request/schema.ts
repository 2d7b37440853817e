import { z } from 'zod';
import { bindings } from '../binding.ts';
import { requestDefaults } from '../limits.ts';
import { challengeView } from '../challenge/schema.ts';
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

const fact = z.strictObject({ label: text(1, 40), value: text(0, 200) }).meta({ id: 'Fact' });
const relatedObject = z.strictObject({ type: text(1, 64), id: text(1, 200) }).meta({ id: 'RelatedObject' });
/** What leaves is never narrower than what is stored: escaping can make a line longer than it may come in. */
const factView = z.object({ label: z.string(), value: z.string() }).meta({ id: 'FactView' });
const relatedObjectView = z.object({ type: z.string(), id: z.string() }).meta({ id: 'RelatedObjectView' });
const methodKey = text(1, 64);

/** The request as it leaves core. No field can hold a secret. */
export const authorizationRequestView = z
  .object({
    id: z.templateLiteral(['areq_', z.string()]).describe('The id of the request.'),
    slug: z.string().describe('The operation.'),
    subjectId: z.string().describe('Whose consent it is: an id of the host.'),
    sessionId: z.string().nullable().describe('The one session that may see and use it, or null.'),
    title: z.string(),
    description: z.string().nullable(),
    facts: z.array(factView).describe('What the person reads, made by the server.'),
    data: z.unknown().describe('The exact values that are authorized.'),
    dataHash: z.string().describe('Base64url SHA-256 of slug and canonical data.'),
    displayHash: z.string().describe('Base64url SHA-256 of the text the person reads.'),
    relatedObjects: z.array(relatedObjectView),
    state: z.enum(states),
    reason: z.string().nullable().describe('Why it was denied: declined, not_me, attempts_exhausted.'),
    methods: z.array(z.string()).describe('The ways to prove that are possible here.'),
    requiredBinding: z.enum(bindings),
    binding: z
      .enum(bindings)
      .nullable()
      .describe('How strongly the proof was tied to the data, once granted.'),
    attemptsLeft: z.number().int(),
    createdAt: z.date(),
    expiresAt: z.date().describe('Until when it can be answered.'),
    decidedAt: z.date().nullable(),
    grantedAt: z.date().nullable(),
    executeBefore: z.date().nullable().describe('Until when the grant can be consumed.'),
    consumedAt: z.date().nullable(),
    challenge: challengeView.nullable().describe('The newest open challenge; always null in a list.'),
  })
  .meta({ id: 'AuthorizationRequest' });
export type AuthorizationRequestView = z.output<typeof authorizationRequestView>;

/** Chooses the proof's schema later, by its `method`; here only the shape that all have. */
export const proofInput = z.looseObject({ method: methodKey }).meta({ id: 'Proof' });
export type ProofInput = z.output<typeof proofInput>;

const accompanied = { idempotencyKey: idempotencyKey.optional(), context: context.optional() };

export const createInput = z.strictObject({
  slug,
  subjectId: subjectId.optional(),
  data: z.unknown().optional(),
  title: text(1, 200).optional(),
  description: text(1, 2000).optional(),
  facts: z.array(fact).max(12).optional(),
  sessionId: sessionId.nullable().optional(),
  methods: z.array(methodKey).min(1).max(20).optional(),
  factorIds: z.array(id).min(1).max(20).optional(),
  relatedObjects: z.array(relatedObject).max(20).optional(),
  deliverTo: z.strictObject({ channel: z.enum(['email', 'sms']), address: text(3, 254) }).optional(),
  locale: locale.optional(),
  expiresInSeconds: z.number().int().min(1).max(requestDefaults.expiresInSecondsMax).optional(),
  executeWithinSeconds: z.number().int().min(1).max(requestDefaults.executeWithinSecondsMax).optional(),
  ...accompanied,
});
export type CreateInput = z.input<typeof createInput>;

export const getInput = z.strictObject({ id });
export const listInput = z.strictObject({
  subjectId: subjectId.optional(),
  slug: slug.optional(),
  state: z.enum(states).optional(),
  sessionId: sessionId.optional(),
  relatedObject: relatedObject.optional(),
  cursor: cursor.optional(),
  limit: limit.optional(),
});
export const listOutput = z.object({
  items: z.array(authorizationRequestView),
  nextCursor: z.string().nullable(),
});

export const challengeInput = z.strictObject({
  id,
  method: methodKey.optional(),
  factorId: id.optional(),
  ...accompanied,
});
export const checkInput = z.strictObject({ id, proof: proofInput, ...accompanied });
export const checkOutput = z.object({ valid: z.boolean(), attemptsLeft: z.number().int() });
export const grantInput = z.strictObject({ id, proof: proofInput.optional(), ...accompanied });
export const grantOutput = z.discriminatedUnion('granted', [
  z.object({ granted: z.literal(true), request: authorizationRequestView }),
  z.object({ granted: z.literal(false), attemptsLeft: z.number().int(), request: authorizationRequestView }),
]);
export const denyInput = z.strictObject({
  id,
  reason: z.enum(['declined', 'not_me']).optional(),
  proof: proofInput.optional(),
  ...accompanied,
});
export const cancelInput = z.strictObject({ id, ...accompanied });
export const resetInput = z.strictObject({
  id,
  method: methodKey.optional(),
  expiresInSeconds: z.number().int().min(1).max(requestDefaults.expiresInSecondsMax).optional(),
  ...accompanied,
});
export const resetOutput = z.object({
  request: authorizationRequestView,
  challenge: challengeView.nullable(),
});
export const consumeInput = z.strictObject({
  id,
  slug,
  subjectId,
  sessionId: sessionId.nullable().optional(),
  data: z.unknown().optional(),
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
  .meta({ id: 'Receipt' });
export type Receipt = z.output<typeof receiptView>;
export const consumeOutput = z.object({ consumed: z.literal(true), receipt: receiptView });
