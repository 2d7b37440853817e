import type { CountersignErrorShape } from '../error/error-shape.ts';
import { errorShape } from '../error/error-shape.ts';
import { boundStreams } from '../middleware/bound-streams.ts';
import { requireContext } from '../middleware/require-context.ts';
import { requireActor } from '../middleware/require-actor.ts';
import { refuseHarmfulInput } from '../middleware/refuse-harmful-input.ts';
import { refuseBatchedProof } from '../middleware/refuse-batched-proof.ts';
import { settleErrors } from '../middleware/settle-errors.ts';
import { t } from './trpc.ts';

/**
 * What every procedure of ours begins with. The error shape is attached here as well as to the root:
 * inside a host's router the host's error formatter would drop our `reason`, and this one comes first.
 */
const base = t.procedure
  .errors(({ error }): CountersignErrorShape => errorShape(error))
  .use(settleErrors)
  .use(requireContext);

/** For any actor; who may do what is core's rule. */
export const procedure = base.use(requireActor).use(refuseHarmfulInput);

/** For what takes a proof: at most one guess a request, however many calls are batched into it. */
export const proofProcedure = procedure.use(refuseBatchedProof);

/** For streams: what lives longer than a call, and of which there are only so many at once. */
export const streamProcedure = procedure.use(boundStreams);
