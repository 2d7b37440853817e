import type { CountersignErrorShape } from '../error/error-shape.ts';
import { errorShape } from '../error/error-shape.ts';
import { boundStreams } from '../middleware/bound-streams.ts';
import { enter, enterOpen } from '../middleware/enter.ts';
import { refuseBatchedProof } from '../middleware/refuse-batched-proof.ts';
import { t } from './trpc.ts';

/** A path of the contract's §4. */
type Path = `${string}.${string}`;

/**
 * What every procedure of ours begins with, for any actor; who may do what is core's rule, and which calls a token
 * opens is looked up by this path. The error shape is attached here as well as to the root: inside a host's router
 * the host's error formatter would drop our `reason`, and this one comes first.
 */
export const procedure = (path: Path) => named(path).use(enter);

/** The same for who has no credential yet. What it is given must prove everything that it answers for. */
export const openProcedure = (path: Path) => named(path).use(enterOpen);

/** For what takes a proof: at most one guess a request, however many calls are batched into it. */
export const proofProcedure = (path: Path) => procedure(path).use(refuseBatchedProof);

/** For streams: what lives longer than a call, and of which there are only so many at once. */
export const streamProcedure = (path: Path) => procedure(path).use(boundStreams);

function named(path: Path) {
  return t.procedure.meta({ path }).errors(({ error }): CountersignErrorShape => errorShape(error));
}
