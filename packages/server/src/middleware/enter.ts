import { assertHarmless } from '../trpc/harmless.ts';
import { t } from '../trpc/trpc.ts';
import { requireActor } from './require-actor.ts';
import { requireContext } from './require-context.ts';
import { settleError } from './settle-error.ts';

/** In no scope. */
const noPath = '';

/**
 * The way in and the way out of every call: who calls, an input that no schema has to fear, an error that
 * tells nothing private. The input is looked at as it arrived: our own transformer lets little through, but
 * inside a host's router the host's decides, and in this process there is none.
 *
 * One middleware and not four, since tRPC copies the whole call twice for each: 3 µs of CPU, when a bare call
 * over a WebSocket takes 35 (bench/scenarios/rpc.ts).
 */
export const enter = t.middleware(async ({ ctx, type, path, meta, getRawInput, next }) => {
  try {
    const edge = requireContext(ctx);
    const call = await requireActor(edge, { type, path: meta?.path ?? noPath });
    assertHarmless(await getRawInput());
    const result = await next({ ctx: { core: edge.core, call } });
    return result.ok ? result : { ...result, error: settleError(result.error, ctx, path) };
  } catch (cause) {
    throw settleError(cause, ctx, path);
  }
});
