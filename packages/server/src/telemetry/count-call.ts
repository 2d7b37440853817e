import { CountersignError, declaredName } from '@countersign/core';
import type { TRPCError } from '@trpc/server';
import type { CountersignContext } from '../context.ts';
import { reasonOfCode } from '../error/reason-of-code.ts';

/**
 * Counts a call of a procedure of ours: by the path that it carries itself, never by one that was asked for. A call that
 * had no context of ours is nobody's.
 */
export function countCall(
  ctx: Partial<CountersignContext>,
  path: string | undefined,
  startedAt: number,
  error: TRPCError | null,
): void {
  const telemetry = ctx.countersign?.telemetry;
  if (path === undefined || telemetry === undefined) return;
  const procedure = declaredName(path);
  telemetry.add('calls', { procedure, outcome: error === null ? 'ok' : reasonOf(error) });
  telemetry.observe('call_seconds', (performance.now() - startedAt) / 1000, { procedure });
}

function reasonOf({ cause, code }: TRPCError) {
  return cause instanceof CountersignError ? cause.reason : reasonOfCode[code].reason;
}
