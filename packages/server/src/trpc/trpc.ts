import { initTRPC } from '@trpc/server';
import { errorShape, type CountersignErrorShape } from '../error/error-shape.ts';
import type { CountersignContext } from '../context.ts';
import type { ProcedureMeta } from './meta.ts';
import { streamLimits } from '../stream/limits.ts';
import { transformer } from './input-transformer.ts';

/** The one tRPC root of Countersign. `isDev` would put stacks into answers, so it is off everywhere. */
export const t = initTRPC
  .context<CountersignContext>()
  .meta<ProcedureMeta>()
  .create({
    transformer,
    isDev: false,
    sse: {
      ping: { enabled: true, intervalMs: streamLimits.pingMilliseconds },
      client: { reconnectAfterInactivityMs: streamLimits.silenceMilliseconds },
      maxDurationMs: streamLimits.durationMilliseconds,
    },
    errorFormatter: ({ error }): CountersignErrorShape => errorShape(error),
  });
