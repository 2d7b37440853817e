import { decodeText } from './base64url.ts';
import type { Block } from './claims.ts';
import { readBlock, readClaims, type Reading } from './read-claims.ts';
import type { TokenContents } from './restrictions.ts';
import type { Wire } from './wire.ts';

/** Decodes and reads the parts of a token, strictly; null when one of them is not what the format allows. */
export function readContents({
  authority,
  blocks,
}: Pick<Wire, 'authority' | 'blocks'>): TokenContents | null {
  const claims = readPart(authority, readClaims);
  if (claims === null) return null;
  const narrowing: Block[] = [];
  for (const block of blocks) {
    const body = readPart(block, readBlock);
    if (body === null) return null;
    narrowing.push(body);
  }
  return { claims, blocks: narrowing };
}

function readPart<Body>(encoded: string, read: (json: string) => Reading<Body>): Body | null {
  const json = decodeText(encoded);
  const reading = json === null ? null : read(json);
  return reading?.ok === true ? reading.body : null;
}
