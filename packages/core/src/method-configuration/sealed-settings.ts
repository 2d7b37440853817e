import type { Keys } from '../keys.ts';
import type { Randomness } from '../ports.ts';
import { sealed, unsealed, type Seal } from '../seal.ts';
import type { MethodConfigurationRow } from './row.ts';

type Place = Pick<MethodConfigurationRow, 'id' | 'method'>;

/**
 * What an operator gave, as it is stored. It is bound to the configuration and its method: bytes that are copied to
 * another row do not open, nor those of a row that is given another method by hand.
 */
export function sealSettings(keys: Keys, randomness: Randomness, place: Place, config: unknown): Buffer {
  return sealed(keys, randomness, sealOf(place), config);
}

/** @throws Error as `unsealed`. */
export function unsealSettings(keys: Keys, row: Place & Pick<MethodConfigurationRow, 'config'>): unknown {
  return unsealed(keys, sealOf(row), row.config);
}

function sealOf({ id, method }: Place): Seal {
  return { purpose: 'method', boundTo: [id, method] };
}
