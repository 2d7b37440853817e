import type { Countersign } from '../../../src/index.ts';
import { transfer } from '../../support/transfer.ts';
import { ask, pay, t } from './host.ts';

/** Bug 48: a call without a session uses what was granted to another call without one. */
export function nullSession(cs: Countersign) {
  const asked: { id: string; subjectId: string; sessionId: string | null; data: string }[] = [];
  return t.procedure
    .input(transfer.data)
    .use(async ({ ctx, input, next }) => {
      const { subjectId, sessionId } = ctx.actor;
      const data = JSON.stringify(input);
      const found = asked.find(
        (one) => one.subjectId === subjectId && one.sessionId === sessionId && one.data === data,
      );
      if (found === undefined) {
        const refusal = await ask(cs, ctx, input);
        asked.push({ id: ctx.session.asked.get(data) ?? '', subjectId, sessionId, data });
        throw refusal;
      }
      await cs.consume({ id: found.id, slug: 'transfer', subjectId, data: input });
      return await next();
    })
    .mutation(pay);
}
