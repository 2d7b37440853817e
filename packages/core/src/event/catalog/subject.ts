import { z } from 'zod';
import type { EventKind } from './kind.ts';

/** What concerns a subject as a whole. */
export const subjectEvents = {
  'subject.locked': {
    summary: 'A subject reached the limit of wrong proofs.',
    full: z.object({ until: z.iso.datetime().nullable() }),
    public: z.object({ until: z.iso.datetime().nullable() }),
  },
  'subject.unlocked': {
    summary: 'An operator unlocked a subject.',
    full: z.object({ by: z.string() }),
    public: z.object({}),
  },
  'abuse.reported': {
    summary: 'A person said with a signature: this was not me.',
    full: z.object({ requestId: z.string(), factorId: z.string() }),
    public: z.object({}),
  },
} as const satisfies Record<string, EventKind>;
