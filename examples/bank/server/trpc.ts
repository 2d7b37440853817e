import { initTRPC, TRPCError } from '@trpc/server';
import type { Context } from './context.ts';

/** The bank's own root, without a transformer. What nobody foresaw is told to the log alone. */
export const t = initTRPC.context<Context>().create({
  isDev: false,
  errorFormatter: ({ shape, error: { code } }) =>
    code === 'INTERNAL_SERVER_ERROR' ? { ...shape, message: 'Something went wrong at the bank.' } : shape,
});

/** For people who are signed in. */
export const customerProcedure = t.procedure.use(async ({ ctx, next }) => {
  if (ctx.session === null) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Nobody is signed in.' });
  const { id: sessionId, person } = ctx.session;
  return next({ ctx: { person, who: { subjectId: person, sessionId } } });
});
