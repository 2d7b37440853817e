import { fromBase32, toBase32 } from './base32.ts';
import { hexToUuid } from './id.ts';

/**
 * A cursor of a list: the UUID of the last item shown. Lists run newest first by UUID v7, so the next
 * page is everything below it; an item that comes in meanwhile shifts nothing.
 */
export function formatCursor(uuid: string): string {
  return `cur_${toBase32(Buffer.from(uuid.replaceAll('-', ''), 'hex'))}`;
}

export function parseCursor(text: string): string | null {
  if (!text.startsWith('cur_')) return null;
  const bytes = fromBase32(text.slice(4), 16);
  if (!bytes) return null;
  return hexToUuid(Buffer.from(bytes).toString('hex'));
}
