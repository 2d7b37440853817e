import { deviceSchema } from '@countersign/core';
import { openProcedure } from '../../trpc/procedure.ts';

/** Gives what a device signs to authenticate itself. */
export const nonce = openProcedure('device.nonce')
  .input(deviceSchema.nonceInput)
  .output(deviceSchema.nonceOutput)
  .mutation(({ ctx, input }) => ctx.core.devices.nonce(ctx.call, input));
