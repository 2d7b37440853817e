import { z } from 'zod';
import { CountersignError } from './error.ts';
import { canonicalText } from './operation/canonical.ts';

/** Building blocks of every input: bounded text without U+0000 or lone surrogates, small JSON, keys. */
export function text(minimum: number, maximum: number) {
  return z
    .string()
    .min(minimum)
    .max(maximum)
    .refine((value) => value.isWellFormed(), 'must not contain a lone surrogate')
    .refine((value) => !value.includes('\u0000'), 'must not contain U+0000');
}

export const subjectId = text(1, 200);
export const sessionId = text(1, 200);
export const slug = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
export const idempotencyKey = text(1, 64).describe(
  'The same key within 24 hours gets the same answer, and the effect happens once.',
);
export const locale = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$/, 'must be a BCP 47 language tag')
  .describe('The language of texts and messages, a BCP 47 tag.');

const contextLimits = { at: 'context', bytesMax: 8 * 1024, depthMax: 16 };

/** What accompanies a mutation and travels on its event: JSON, at most 8 KiB and 16 levels. */
export const context = z
  .unknown()
  .superRefine((value, refinement) => {
    if (value === undefined) return;
    try {
      canonicalText(value, contextLimits);
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      refinement.addIssue({
        code: 'custom',
        message: `must be JSON of at most ${contextLimits.bytesMax} bytes and 16 levels, without U+0000`,
      });
    }
  })
  .describe('Travels on its events and to the sender. For the service only.');

export const limit = z.number().int().min(1).max(100);
export const cursor = z.string().min(1).max(200);
/** Ids are looked up, so a text that is no id is an id of nothing: `not_found`, not `invalid_input`. */
export const id = text(1, 200);
