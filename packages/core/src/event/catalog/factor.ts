import { z } from 'zod';
import type { EventKind } from './kind.ts';

const added = z.object({
  method: z.string(),
  hint: z.string().nullable().describe('What a person recognises it by, masked.'),
  by: z.string(),
});

/** What a subject can prove with, devices included. */
export const factorEvents = {
  'factor.created': {
    summary: 'A factor was added.',
    full: added,
    public: z.object({ method: z.string() }),
  },
  'factor.confirmed': {
    summary: 'A factor was proven for the first time.',
    full: added,
    public: z.object({ method: z.string() }),
  },
  'factor.changed': {
    summary: 'A factor was changed.',
    full: z.object({
      method: z.string(),
      changes: z.array(z.string()).describe('What was changed: names, never values.'),
      by: z.string(),
    }),
    public: z.object({ method: z.string() }),
  },
  'factor.removed': {
    summary: 'A factor was removed.',
    full: z.object({ method: z.string(), by: z.string() }),
    public: z.object({ method: z.string() }),
  },
  'factor.locked': {
    summary: 'A factor was locked after too many wrong proofs.',
    full: z.object({ method: z.string() }),
    public: z.object({ method: z.string() }),
  },
  'factor.unlocked': {
    summary: 'A factor was unlocked.',
    full: z.object({ method: z.string() }),
    public: z.object({ method: z.string() }),
  },
  'device.registered': {
    summary: 'A device was registered.',
    full: z.object({ uuid: z.string(), keyed: z.boolean() }),
    public: z.object({ keyed: z.boolean() }),
  },
  'device.revoked': {
    summary: 'A device was revoked.',
    full: z.object({ uuid: z.string() }),
    public: z.object({}),
  },
  'device.primary_changed': {
    summary: 'Another device became the primary one.',
    full: z.object({ uuid: z.string() }),
    public: z.object({}),
  },
} as const satisfies Record<string, EventKind>;
