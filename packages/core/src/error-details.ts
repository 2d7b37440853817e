import { z } from 'zod';
import type { ErrorReason } from './error.ts';

const retryAt = z
  .date()
  .optional()
  .describe('From when on it may be tried again; absent when waiting alone does not help.');
const state = z.enum(['waiting', 'granted', 'denied', 'cancelled', 'expired']);

/** What `details` of a refusal holds, by its reason; a reason that is not here has none. */
export const errorDetails = {
  invalid_input: z.object({
    issues: z
      .array(
        z
          .object({
            path: z.array(z.union([z.string(), z.number()])).describe('Where in the input.'),
            code: z.string().describe('What kind of finding, in words of zod.'),
            message: z.string(),
          })
          .meta({ id: 'InputIssue', description: 'One thing that is wrong with an input.' }),
      )
      .describe('What is wrong: at most 20 of `{ path, code, message }`.'),
  }),
  not_waiting: z.object({
    state: state.describe('Where it stands.'),
    reason: z.string().nullable().describe('Why it was denied, if it was.'),
  }),
  not_granted: z.object({ state: state.describe('Where it stands.') }),
  subject_locked: z.object({ retryAt }),
  factor_locked: z.object({ retryAt }),
  rate_limited: z.object({ retryAt }),
  idempotency_conflict: z.object({
    inProgress: z.boolean().describe('True while the first call is still running.'),
  }),
  internal: z.object({ errorId: z.string().describe('The log tells the rest under it.') }),
} as const satisfies Partial<Record<ErrorReason, z.ZodObject>>;
