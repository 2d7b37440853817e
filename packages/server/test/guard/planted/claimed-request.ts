import type { Countersign } from '../../../src/index.ts';
import { transfer } from '../../support/transfer.ts';
import { ask, pay, t } from './host.ts';

/** Bugs 21 and 49: the client names the request, and it is used for whatever it was granted for. */
export function claimedRequest(cs: Countersign) {
  return t.procedure
    .input(transfer.data)
    .use(async ({ ctx, input, next }) => {
      if (ctx.claimed === undefined) throw await ask(cs, ctx, input);
      const { id, slug, subjectId, sessionId, data } = await cs
        .createCaller({ kind: 'service' })
        .authorizationRequest.get({ id: ctx.claimed });
      await cs.consume({
        id,
        slug,
        subjectId,
        data,
        ...(sessionId !== null && { sessionId }),
      });
      return await next();
    })
    .mutation(pay);
}
