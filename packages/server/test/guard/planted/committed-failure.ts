import type { Countersign } from '../../../src/index.ts';
import { transfer } from '../../support/transfer.ts';
import { ask, grantFor, pay, t } from './host.ts';

/** A transaction around `next()`, which does not throw: what failed halfway is committed, and has used the grant. */
export function committedFailure(cs: Countersign) {
  return t.procedure
    .input(transfer.data)
    .use(async ({ ctx, input, next }) => {
      const id = await grantFor(cs, ctx, input);
      if (id === null) throw await ask(cs, ctx, input);
      const { subjectId, sessionId } = ctx.actor;
      return await ctx.em.transactional(async (em) => {
        await cs.consume({ id, slug: 'transfer', subjectId, sessionId, data: input }, { tx: em });
        return await next({ ctx: { em } });
      });
    })
    .mutation(pay);
}
