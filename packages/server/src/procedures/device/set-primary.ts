import { deviceSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Says which device is prompted first. */
export const setPrimary = procedure('device.setPrimary')
  .input(deviceSchema.setPrimaryInput)
  .output(deviceSchema.deviceView)
  .mutation(({ ctx, input }) => ctx.core.devices.setPrimary(ctx.call, input));
