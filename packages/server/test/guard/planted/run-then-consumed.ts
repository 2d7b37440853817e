import type { Countersign } from '../../../src/index.ts';
import { transfer } from '../../support/transfer.ts';
import { ask, grantFor, pay, t } from './host.ts';

/** Bug 4: looks for a grant, runs the resolver, and uses the grant when that was done. */
export function runThenConsumed(cs: Countersign) {
  return t.procedure
    .input(transfer.data)
    .use(async ({ ctx, input, next }) => {
      const id = await grantFor(cs, ctx, input);
      if (id === null) throw await ask(cs, ctx, input);
      const result = await next();
      const { subjectId, sessionId } = ctx.actor;
      await cs.consume({ id, slug: 'transfer', subjectId, sessionId, data: input });
      return result;
    })
    .mutation(pay);
}
