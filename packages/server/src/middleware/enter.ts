import type { CoreContext } from '@countersign/core';
import type { ProcedureCall } from '../caller/credential-gate.ts';
import type { Edge } from '../context.ts';
import { countCall } from '../telemetry/count-call.ts';
import { assertHarmless } from '../trpc/harmless.ts';
import { t } from '../trpc/trpc.ts';
import { admitAnyone } from './admit-anyone.ts';
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
function entrance(admit: (edge: Edge, call: ProcedureCall) => CoreContext | Promise<CoreContext>) {
  return t.middleware(async ({ ctx, type, path, meta, getRawInput, next }) => {
    const startedAt = performance.now();
    try {
      const edge = requireContext(ctx);
      const call = await admit(edge, { type, path: meta?.path ?? noPath });
      assertHarmless(await getRawInput());
      const result = await next({ ctx: { core: edge.core, call } });
      const settled = result.ok ? result : { ...result, error: settleError(result.error, ctx, path) };
      countCall(ctx, meta?.path, startedAt, settled.ok ? null : settled.error);
      return settled;
    } catch (cause) {
      const error = settleError(cause, ctx, path);
      countCall(ctx, meta?.path, startedAt, error);
      throw error;
    }
  });
}

/** For who has proved to be somebody. */
export const enter = entrance(requireActor);

/** For anyone: what proves something stands in the input. */
export const enterOpen = entrance(admitAnyone);
