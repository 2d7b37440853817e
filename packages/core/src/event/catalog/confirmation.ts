import { z } from 'zod';
import type { EventKind } from './kind.ts';

/** A one-time statement that a proof was given. */
export const confirmationEvents = {
  'confirmation.requested': {
    summary: 'A confirmation was asked for.',
    full: z.object({ method: z.string(), purpose: z.string().nullable() }),
    public: z.object({ method: z.string() }),
  },
  'confirmation.confirmed': {
    summary: 'The proof was right.',
    full: z.object({ method: z.string() }),
    public: z.object({ method: z.string() }),
  },
  'confirmation.failed': {
    summary: 'A wrong proof was presented and cost an attempt.',
    full: z.object({ method: z.string(), attemptsLeft: z.number().int() }),
    public: z.object({ attemptsLeft: z.number().int() }),
  },
  'confirmation.used': {
    summary: 'The confirmation was used. It cannot be used again.',
    full: z.object({ purpose: z.string().nullable() }),
    public: z.object({}),
  },
  'confirmation.expired': {
    summary: 'Nobody answered in time.',
    full: z.object({}),
    public: z.object({}),
  },
} as const satisfies Record<string, EventKind>;
