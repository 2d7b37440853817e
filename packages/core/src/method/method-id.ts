import { createHash } from 'node:crypto';
import { formatId, hexToUuid, type Id } from '../id.ts';

/**
 * The id of a method that code configures: made from its key (a UUID version 8, RFC 9562 §5.8), so that
 * it is the same on every node and after every restart without a row.
 */
export function methodIdOf(key: string): Id<'method'> {
  const hex = createHash('sha256').update(`countersign/method/v1\0${key}`).digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return formatId(
    'method',
    hexToUuid(`${hex.slice(0, 12)}8${hex.slice(13, 16)}${variant}${hex.slice(17, 32)}`),
  );
}
