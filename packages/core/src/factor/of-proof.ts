import { timingSafeEqual } from 'node:crypto';
import type { CoreContext } from '../context.ts';
import type { Method } from '../method/define.ts';
import { identityDigest } from './identity.ts';
import { factorsInForce, type FactorInForce } from './in-force.ts';

/**
 * Which of a subject's factors must have made a proof: the one it names, or the one that was asked, or where none was
 * asked the default one. Null when there is none in force; then the proof is wrong, and costs as every wrong one.
 */
export async function factorOfProof(
  context: CoreContext,
  method: Method,
  proof: unknown,
  from: {
    readonly subjectId: string;
    /** UUIDs of the only ones that may answer. */
    readonly ids: readonly string[] | null;
    /** UUID of the one that the newest challenge asked. */
    readonly asked: string | null;
  },
): Promise<FactorInForce | null> {
  const { subjectId, ids, asked } = from;
  const factors = await factorsInForce(context, { subjectId, method: method.key, ids });
  if (method.identify) {
    const named = identityDigest(method.key, subjectId, method.identify(proof));
    const factor = factors.find(({ identity }) => identity !== null && timingSafeEqual(identity, named));
    return factor && (asked === null || asked === factor.uuid) ? factor : null;
  }
  if (asked !== null) return factors.find(({ uuid }) => uuid === asked) ?? null;
  return factors[0] ?? null;
}
