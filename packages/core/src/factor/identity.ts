import type { CoreServices } from '../context.ts';
import { keyedDigest } from '../keys.ts';
import type { Identity } from '../method/define.ts';

/** What two factors are the same by, as a keyed digest: nobody reads an address or a device's name out of it. */
export function identityDigest(
  { keys }: Pick<CoreServices, 'keys'>,
  method: string,
  subjectId: string,
  { scope, value }: Identity,
): Buffer {
  return keyedDigest(keys.identity.key, [method, scope, scope === 'subject' ? subjectId : '', value]);
}
