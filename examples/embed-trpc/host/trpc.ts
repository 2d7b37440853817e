import { codeOfReason, CountersignError } from '@countersign/server';
import { initTRPC, TRPCError } from '@trpc/server';
import type { Context } from './context.ts';

/** The bank's own root: no transformer, and an error formatter of its own. */
export const t = initTRPC.context<Context>().create({
  isDev: false,
  // A stream is silent for hours; a line that died is silent too, and only a ping tells them apart.
  sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
  errorFormatter: ({ shape, error: { cause } }) => ({
    ...shape,
    data: { ...shape.data, reason: cause instanceof CountersignError ? cause.reason : undefined },
  }),
});

/** What `cs.consume` refuses inside a procedure of the bank's is answered as Countersign answers it. */
const tellRefusals = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok || !(result.error.cause instanceof CountersignError)) return result;
  const { cause } = result.error;
  throw new TRPCError({ code: codeOfReason[cause.reason], message: cause.message, cause });
});

/** For customers who are signed in. */
export const customerProcedure = t.procedure.use(tellRefusals).use(async ({ ctx, next }) => {
  if (ctx.session === null) throw new TRPCError({ code: 'UNAUTHORIZED' });
  const { id: sessionId, customer: subjectId } = ctx.session;
  return next({ ctx: { who: { subjectId, sessionId } } });
});

/** For the operator. A refusal is an answer and no failure; what Countersign refuses it logs itself. */
export function logFailure({ error, path }: { error: TRPCError; path?: string | undefined }): void {
  if (error.code === 'INTERNAL_SERVER_ERROR') console.error(path, error.cause ?? error);
}
