import { z } from 'zod';
import type { EventKind } from './kind.ts';

/** Temporary credentials. */
export const scopedTokenEvents = {
  'scoped_token.issued': {
    summary: 'A token was issued.',
    full: z.object({ expiresAt: z.iso.datetime(), recipient: z.string().nullable() }),
    public: z.object({ expiresAt: z.iso.datetime() }),
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
    summary: 'A token was refused.',
    full: z.object({ reason: z.string() }),
    public: z.object({}),
  },
} as const satisfies Record<string, EventKind>;
