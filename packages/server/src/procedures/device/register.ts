import { deviceSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Makes a device a way to prove: by its key, or by a secret that is shown once. */
export const register = procedure('device.register')
  .input(deviceSchema.registerInput)
  .output(deviceSchema.registerOutput)
  .mutation(({ ctx, input }) => ctx.core.devices.register(ctx.call, input));
