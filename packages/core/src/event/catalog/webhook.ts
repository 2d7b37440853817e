import { z } from 'zod';
import type { EventKind } from './kind.ts';

/** Deliveries to other systems. */
export const webhookEvents = {
  'webhook.disabled': {
    summary: 'An endpoint failed for too long and was switched off.',
    full: z.object({ reason: z.string() }),
    public: z.object({}),
  },
} as const satisfies Record<string, EventKind>;
