import { z } from 'zod';
import type { EventKind } from './kind.ts';

/** Deliveries to other systems. */
export const webhookEvents = {
  'webhook.disabled': {
    summary:
      'An endpoint was switched off: it failed for too long, said that it is gone, or an operator did it.',
    full: z.object({
      reason: z
        .enum(['gone', 'failing', 'operator'])
        .describe('`gone`: it answered 410 · `failing`: nothing was taken for the whole schedule.'),
      by: z.string(),
    }),
    public: z.object({}),
  },
} as const satisfies Record<string, EventKind>;
