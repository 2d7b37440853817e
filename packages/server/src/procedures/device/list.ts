import { deviceSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** The devices that a subject can prove with. */
export const list = procedure('device.list')
  .input(deviceSchema.listInput.default({}))
  .output(deviceSchema.listOutput)
  .query(({ ctx, input }) => ctx.core.devices.list(ctx.call, input));
