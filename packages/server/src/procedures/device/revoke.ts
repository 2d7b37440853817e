import { deviceSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Takes a device away, for good, and its tokens with it. */
export const revoke = procedure('device.revoke')
  .input(deviceSchema.revokeInput)
  .output(deviceSchema.deviceView)
  .mutation(({ ctx, input }) => ctx.core.devices.revoke(ctx.call, input));
