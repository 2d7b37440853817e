import { methodSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Configures a method: its title, its settings, whether it is offered and whether it is the default. */
export const configure = procedure('method.configure')
  .input(methodSchema.configureInput)
  .output(methodSchema.methodView)
  .mutation(({ ctx, input }) => ctx.core.method.configure(ctx.call, input));
