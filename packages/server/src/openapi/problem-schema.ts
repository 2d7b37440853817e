import { authorizationRequestSchema, errorReasons } from '@countersign/core';
import { z } from 'zod';

/** What a refusal looks like, for the document; `error/problem.ts` makes them. */
export const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().describe('The phrase of the status.'),
    status: z.number().int(),
    detail: z.string().describe('Prose for people, which may change.'),
    reason: z.enum(errorReasons).describe('Why, from a closed list. Branch on this.'),
    details: z
      .record(z.string(), z.unknown())
      .optional()
      .describe(
        'What the reason tells besides: `issues`, `retryAt`, `state`, `reason`, `inProgress`, `errorId`.',
      ),
    authorizationRequest: authorizationRequestSchema.authorizationRequestView
      .optional()
      .describe('With `authorization_required` and `delivery_failed`: the request it is about.'),
  })
  .meta({ id: 'Problem', description: 'Why a call was refused (RFC 9457).' });
