import { z } from 'zod';
import type { Bank } from '../bank.ts';
import { personIds } from '../directory.ts';
import { beginSession, endSession } from '../session.ts';
import { sessionViewOf } from '../session-view.ts';
import { pageToken } from '../page-token.ts';
import { customerProcedure, t } from '../trpc.ts';
import type { SessionView } from '../views.ts';

/** Who is signed in. In the demo everybody may be whoever they like. */
export function createSessionRouter(bank: Bank) {
  return t.router({
    open: t.procedure.mutation(async ({ ctx }): Promise<SessionView> => {
      if (ctx.session !== null) return await sessionViewOf(bank, ctx.session.person);
      const { session, cookie } = await beginSession(bank, 'ada');
      ctx.setCookie(cookie);
      return await sessionViewOf(bank, session.person);
    }),

    switch: t.procedure
      .input(z.strictObject({ person: z.enum(personIds) }))
      .mutation(async ({ ctx, input: { person } }): Promise<SessionView> => {
        if (ctx.session !== null) await endSession(bank, ctx.session);
        const { cookie } = await beginSession(bank, person);
        ctx.setCookie(cookie);
        return await sessionViewOf(bank, person);
      }),

    /** For the page's own client of Countersign. */
    token: customerProcedure.mutation(async ({ ctx: { who } }) => await pageToken(bank, who)),
  });
}
