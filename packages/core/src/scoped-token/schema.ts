import { z } from 'zod';
import { context, cursor, id, idempotencyKey, sessionId, subjectId, text } from '../schema.ts';
import { carrierNames } from './carriers.ts';
import { presetNames } from './presets.ts';
import { scopeProblem } from './scope/check.ts';
import { httpMethods } from './scope/scope.ts';

const accompanied = { idempotencyKey: idempotencyKey.optional(), context: context.optional() };

const grants = z.array(z.string().max(256)).max(64).readonly().optional();

/** Lists of grants by type of procedure and by HTTP method; what is not listed is denied. */
export const scopeInput = z
  .strictObject({
    rpc: z
      .strictObject({
        q: grants.describe('Queries, by path: `invoice.*`.'),
        m: grants.describe('Mutations.'),
        s: grants.describe('Subscriptions.'),
      })
      .optional()
      .describe('Procedures, by the path relative to their router.'),
    http: z
      .strictObject(Object.fromEntries(httpMethods.map((method) => [method, grants])) as HttpGrantsShape)
      .optional()
      .describe('HTTP requests, by method and path: `/api/v1/foo/**`.'),
  })
  .superRefine((value, refinement) => {
    const problem = scopeProblem(value);
    if (problem !== null) refinement.addIssue({ code: 'custom', message: problem });
  })
  .meta({ id: 'Scope', description: 'What a token opens. What is not listed is denied.' });

type HttpGrantsShape = { readonly [Method in (typeof httpMethods)[number]]: typeof grants };

export const lifetimeSecondsDefault = 3600;

export const issueInput = z
  .strictObject({
    subjectId: subjectId
      .optional()
      .describe('Whose rights the token narrows. Required for the service; a subject issues for itself.'),
    scope: scopeInput
      .optional()
      .describe(
        'What it opens. The service says this or `preset`; for a subject, default what its token opens.',
      ),
    preset: z
      .enum(presetNames)
      .optional()
      .describe('What a subject may do for itself, or one of its devices. This or `scope`.'),
    maxAgeSeconds: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe(
        `How long it lives; default ${lifetimeSecondsDefault}, for a subject until its token ends. More than 86400, or than that, is \`lifetime_too_long\`.`,
      ),
    recipient: z
      .string()
      .regex(/^[ -~]{1,120}$/, 'must be 1 to 120 characters of printable ASCII')
      .optional()
      .describe('For whom it is made; for tracking only.'),
    sessionId: sessionId
      .optional()
      .describe(
        'The session it belongs to, and is revoked with; for the preset `device` the device’s factor.',
      ),
    authorizationRequestId: id
      .optional()
      .describe('A granted request of the subject that pays for one call.'),
    carriers: z
      .array(z.enum(carrierNames))
      .min(1)
      .max(3)
      .optional()
      .describe(
        'How it may come; default a header or the first message of a WebSocket. In a URL (`query`) it lives 60 seconds at most, unless a request pays for its one call.',
      ),
    clientKeyThumbprint: z
      .string()
      .regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes in base64url')
      .optional()
      .describe('RFC 7638 thumbprint of the key whose holder alone may use it.'),
    delegateId: z
      .string()
      .regex(/^[!-~]{1,64}$/, 'must be 1 to 64 characters of printable ASCII without spaces')
      .optional()
      .describe('For a subject: names whom it hands the token to, so that this one can be revoked alone.'),
    ...accompanied,
  })
  .refine(({ scope, preset }) => scope === undefined || preset === undefined, {
    message: 'must have either scope or preset',
  });
export type IssueInput = z.input<typeof issueInput>;

const tokenId = z.templateLiteral(['cst_', z.string()]);

export const issueOutput = z.object({
  token: z
    .string()
    .nullable()
    .describe('The credential, shown once: null when the call is repeated with its idempotency key.'),
  id: tokenId.describe('Names the token without being it: for lists and revocation.'),
  expiresAt: z.date(),
});

export const introspectInput = z.strictObject({ token: z.string().max(8192), ...accompanied });

const grantsView = z.array(z.string()).optional();
const scopeView = z.object({
  rpc: z.object({ q: grantsView, m: grantsView, s: grantsView }).optional(),
  http: z.record(z.string(), z.array(z.string())).optional(),
});

/** What a block of a token says; of its authority there is more. */
const narrowing = {
  nbf: z.number().int().optional().describe('Not valid before.'),
  rcp: z.string().optional().describe('For whom it was made.'),
  cnf: z.object({ jkt: z.string() }).optional().describe('The client key it is bound to.'),
  arq: z
    .object({ id: z.string(), hash: z.string() })
    .optional()
    .describe('The granted request that pays for a call.'),
  car: z.string().optional().describe('The carriers it allows.'),
};

export const scopedTokenClaims = z
  .object({
    jti: z.string(),
    sub: z.string().describe('The subject.'),
    aud: z.string().describe('The service it is for.'),
    iat: z.number().int().describe('Issued at, in seconds.'),
    exp: z.number().int().describe('Expires at, in seconds.'),
    scp: scopeView.describe('What it opens.'),
    ...narrowing,
    act: z.object({ sub: z.string() }).optional().describe('Who made it on the subject’s behalf.'),
    sid: z.string().optional().describe('The session.'),
    epo: z.number().int().optional().describe('The subject’s security epoch when it was issued.'),
    ext: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'ScopedTokenClaims', description: 'What the authority of a token says.' });

export const scopedTokenBlock = z
  .object({
    exp: z.number().int().optional(),
    scp: scopeView.optional(),
    cid: z.string().optional().describe('The name of the delegate.'),
    ...narrowing,
  })
  .meta({ id: 'ScopedTokenBlock', description: 'What a holder has narrowed a token by.' });

export const introspectOutput = z.object({
  active: z.boolean().describe('Whether it is ours, in its time and not revoked.'),
  claims: scopedTokenClaims.optional().describe('What was issued; absent when it is not active.'),
  blocks: z
    .array(scopedTokenBlock)
    .optional()
    .describe('What it was narrowed by since: the claims alone say too much then.'),
});

/** A token as its issuer knows it. The token itself is nowhere. */
export const scopedTokenView = z
  .object({
    id: tokenId,
    subjectId: z.string(),
    sessionId: z.string().nullable(),
    recipient: z.string().nullable(),
    delegateOf: tokenId.nullable().describe('The token it was narrowed from, by us.'),
    authorizationRequestId: z.string().nullable().describe('The request that pays for a call.'),
    issuedAt: z.date(),
    expiresAt: z.date(),
    revokedAt: z.date().nullable(),
  })
  .meta({ id: 'ScopedToken', description: 'A temporary credential that was issued.' });
export type ScopedTokenView = z.output<typeof scopedTokenView>;

export const listLimit = 50;
export const listInput = z.strictObject({
  subjectId: subjectId.optional().describe('Only those of this subject.'),
  cursor: cursor.optional().describe('The `nextCursor` of the page before.'),
});
export const listOutput = z.object({
  items: z.array(scopedTokenView),
  nextCursor: z.string().nullable().describe('For the next page; null when this is the last one.'),
});

export const revokeInput = z
  .strictObject({
    id: id.optional().describe('This token, with everything it was narrowed to.'),
    delegateId: text(1, 64).optional().describe('Of the token `id`, only what this delegate holds.'),
    sessionId: sessionId
      .optional()
      .describe(
        'Every token of this session; by a subject, its own ones alone. A session that is over does not begin again.',
      ),
    subjectId: subjectId.optional().describe('Every token of this subject issued so far.'),
    authorizationRequestId: id.optional().describe('Every token that carries this request to pay with it.'),
    ...accompanied,
  })
  .refine(
    ({ id: token, sessionId: session, subjectId: subject, authorizationRequestId: request }) =>
      [token, session, subject, request].filter((value) => value !== undefined).length === 1,
    { message: 'must name one of id, sessionId, subjectId and authorizationRequestId' },
  )
  .refine(({ id: token, delegateId }) => delegateId === undefined || token !== undefined, {
    path: ['delegateId'],
    message: 'must come with the id of its token',
  });
export const revokeOutput = z.object({
  revoked: z.number().int().describe('How many tokens that we know of ended by it.'),
  tokenEnded: z
    .literal(true)
    .optional()
    .describe(
      'Only when the token itself ended in place of one delegate: of one token 64 delegates are revoked one by one.',
    ),
});
