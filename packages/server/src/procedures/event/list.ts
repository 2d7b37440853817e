import { eventListInput, eventListOutput } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** The log, in the order of its commits, from a cursor on. */
export const list = procedure('event.list')
  .input(eventListInput.default({}))
  .output(eventListOutput)
  .query(({ ctx, input }) => ctx.core.event.list(ctx.call, input));
