import { z } from 'zod';
import type { EventKind } from './kind.ts';

/** Temporary credentials. */
export const scopedTokenEvents = {
  'scoped_token.issued': {
    summary: 'A token was issued, or a lesser copy of one to its subject.',
    full: z.object({
      expiresAt: z.iso.datetime().describe('When the token, or the copy, expires.'),
      recipient: z.string().nullable(),
      narrowed: z.boolean().describe('Whether this is a copy of a token that was issued before.'),
      delegateId: z.string().nullable().describe('The name by which the copy can be revoked alone.'),
    }),
    public: z.object({ expiresAt: z.iso.datetime(), narrowed: z.boolean() }),
  },
  'scoped_token.revoked': {
    summary: 'A token was revoked, or one delegate of it.',
    full: z.object({
      by: z.string(),
      delegateId: z.string().nullable().describe('The one delegate; null for the token with all of them.'),
    }),
    public: z.object({}),
  },
  'scoped_token.rejected': {
    summary: 'A token that we issued was refused.',
    full: z.object({
      reason: z.string().describe('Why, exactly. The caller was not told.'),
      type: z.string().nullable().describe('What was called: a type of procedure, or an HTTP method.'),
      path: z.string().nullable().describe('What was called, as far as it is known.'),
      times: z
        .number()
        .int()
        .describe('How many refusals it stands for: of one token for one reason it is told once a minute.'),
    }),
    public: z.object({}),
  },
} as const satisfies Record<string, EventKind>;
