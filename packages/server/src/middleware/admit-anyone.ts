import type { Actor, CoreContext } from '@countersign/core';
import type { Edge } from '../context.ts';

/**
 * A device that is nobody's: of all actors a device may do least, and no subject and no factor has an empty id. So
 * what is made open by mistake finds nothing.
 */
const anyone: Actor = Object.freeze({ kind: 'device', subjectId: '', factorId: '' });

/**
 * Opens core for a call that needs no credential. One that came along, right or wrong, is not looked at: it opens
 * nothing more here, and whoever is to get a new token may still present the one that has ended.
 */
export function admitAnyone({ core }: Edge): CoreContext {
  return core.context(anyone);
}
