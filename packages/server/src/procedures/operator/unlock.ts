import { operatorSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Lets a subject that has guessed too often try again. */
export const unlock = procedure('operator.unlock')
  .input(operatorSchema.unlockInput)
  .output(operatorSchema.unlockOutput)
  .mutation(({ ctx, input }) => ctx.core.operator.unlock(ctx.call, input));
