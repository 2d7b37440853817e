import { plainDigest } from '../keys.ts';
import type { Identity } from '../method/define.ts';

/**
 * What two factors are the same by. No key is in it, so it is the same whatever becomes of the deployment's secret:
 * what must not exist twice must still be found when that is gone (docs/adr/0024-secrets-rotate.md). So it keeps
 * nothing from a reader who can guess the value: a credential's id or a device's name is public, an address is not,
 * and has none.
 */
export function identityDigest(method: string, subjectId: string, { scope, value }: Identity): Buffer {
  return plainDigest(['countersign/identity/v1', method, scope, scope === 'subject' ? subjectId : '', value]);
}
