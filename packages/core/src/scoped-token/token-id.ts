import { hexToUuid, type Uuid } from '../id.ts';

/** A token's id has three spellings of the same 16 bytes: `jti` in its text, a UUID in the table, `cst_…` outside. */
export function uuidOfTokenId(jti: string): Uuid<'scopedToken'> {
  return hexToUuid(Buffer.from(jti, 'base64url').toString('hex'));
}

export function tokenIdOfUuid(uuid: Uuid<'scopedToken'>): string {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64url');
}
