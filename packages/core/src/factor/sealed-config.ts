import type { CoreServices } from '../context.ts';
import { sealed, unsealed, type Seal } from '../seal.ts';

type Place = { readonly subjectId: string; readonly factorId: string };

/** Bound to subject and factor: a configuration in another row opens nothing (docs/threat-model.md, "At rest"). */
function sealOf({ subjectId, factorId }: Place): Seal {
  return { purpose: 'factor', boundTo: [subjectId, factorId] };
}

/** `factorId` is the UUID of the row. */
export function sealConfig(
  { keys, randomness }: Pick<CoreServices, 'keys' | 'randomness'>,
  place: Place,
  config: unknown,
): Buffer {
  return sealed(keys, randomness, sealOf(place), config);
}

/** @throws Error as `unsealed`. */
export function openConfig({ keys }: Pick<CoreServices, 'keys'>, place: Place, bytes: Uint8Array): unknown {
  return unsealed(keys, sealOf(place), bytes);
}
