import { serviceKeySchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Makes a key of a service or an operator, and shows it once. */
export const create = procedure('serviceKey.create')
  .input(serviceKeySchema.createInput)
  .output(serviceKeySchema.createOutput)
  .mutation(({ ctx, input }) => ctx.core.serviceKey.create(ctx.call, input));
