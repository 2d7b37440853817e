import { keyedDigest, type Keys, type NamedKey } from '../keys.ts';
import type { ServiceKeyRole } from './role.ts';

const purpose = 'service_key';

/** The key under which digests of new service keys are made. */
export function digestKey(keys: Keys): NamedKey {
  return keys.active(purpose);
}

/** The key of an earlier digest; undefined when the secret that made it has been removed. */
export function digestKeyById(keys: Keys, id: string): NamedKey | undefined {
  return keys.byId(purpose, id);
}

/**
 * What is kept of a service key. Nobody who cannot know the keyed digest of a text can steer what is compared, so
 * looking it up tells by its time nothing of the keys there are. The role is part of it: a row that is given another
 * role by hand is the row of no key.
 */
export function serviceKeyDigest({ key }: NamedKey, role: ServiceKeyRole, text: string): Buffer {
  return keyedDigest(key, [role, text]);
}
