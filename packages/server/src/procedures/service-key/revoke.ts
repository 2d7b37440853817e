import { serviceKeySchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Ends a key for ever. */
export const revoke = procedure('serviceKey.revoke')
  .input(serviceKeySchema.revokeInput)
  .output(serviceKeySchema.serviceKeyView)
  .mutation(({ ctx, input }) => ctx.core.serviceKey.revoke(ctx.call, input));
