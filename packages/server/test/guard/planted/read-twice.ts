import type { Operation } from '@countersign/core';
import type { z } from 'zod';
import type { Countersign } from '../../../src/index.ts';
import { ask, grantFor, pay, t, type Transfer } from './host.ts';

/** Bug 21: authorizes what the schema makes of the input, and executes what it makes of it the next time. */
export function readTwice(
  cs: Countersign,
  { data: schema }: Operation<'transfer', z.ZodType<Transfer, Transfer>>,
) {
  return t.procedure
    .use(async ({ ctx, getRawInput, next }) => {
      const data = await schema.parseAsync(await getRawInput());
      const id = await grantFor(cs, ctx, data);
      if (id === null) throw await ask(cs, ctx, data);
      const { subjectId, sessionId } = ctx.actor;
      await cs.consume({ id, slug: 'transfer', subjectId, sessionId, data });
      return await next();
    })
    .input(schema)
    .mutation(pay);
}
