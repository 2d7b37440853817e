import type { Countersign } from '../../../src/index.ts';
import { transfer } from '../../support/transfer.ts';
import { ask, grantFor, pay, t } from './host.ts';

/** Bugs 16 and 21: the grant makes the session a strong one for a while, whatever it then does. */
export function sessionFlag(cs: Countersign) {
  return t.procedure
    .input(transfer.data)
    .use(async ({ ctx, input, next }) => {
      const { actor, session } = ctx;
      if (Date.now() < (session.authorizedUntil ?? 0)) return await next();
      const id = await grantFor(cs, ctx, input);
      if (id === null) throw await ask(cs, ctx, input);
      const { subjectId, sessionId } = actor;
      await cs.consume({ id, slug: 'transfer', subjectId, sessionId, data: input });
      session.authorizedUntil = Date.now() + 300_000;
      return await next();
    })
    .mutation(pay);
}
