import { deviceSchema } from '@countersign/core';
import { refuseBatchedProof } from '../../middleware/refuse-batched-proof.ts';
import { openProcedure } from '../../trpc/procedure.ts';

/** Gives a device its token, for its secret or a signature of its key. */
export const authenticate = openProcedure('device.authenticate')
  .use(refuseBatchedProof)
  .input(deviceSchema.authenticateInput)
  .output(deviceSchema.authenticateOutput)
  .mutation(({ ctx, input }) => ctx.core.devices.authenticate(ctx.call, input));
