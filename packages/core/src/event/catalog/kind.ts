import type { z } from 'zod';

/** One type of event: what happened, its payload for the service, and what of it others may see. */
export interface EventKind {
  readonly summary: string;
  readonly full: z.ZodObject;
  readonly public: z.ZodObject;
}
