import { serviceKeySchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Lists the keys of services and operators, newest first. */
export const list = procedure('serviceKey.list')
  .input(serviceKeySchema.listInput.default({}))
  .output(serviceKeySchema.listOutput)
  .query(({ ctx, input }) => ctx.core.serviceKey.list(ctx.call, input));
