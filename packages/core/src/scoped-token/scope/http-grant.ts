import { canonicalHttpPath } from './http-path.ts';
import { fitsSegments } from './segments.ts';

/** A canonical path in which `*` may stand for a segment, and `**` for the last: `/api/v1/foo/**`. */
export function isHttpGrant(text: string): boolean {
  if (canonicalHttpPath(text) !== text) return false;
  if (!text.includes('*')) return true;
  const segments = text.split('/');
  return segments.every(
    (segment, index) =>
      !segment.includes('*') || segment === '*' || (segment === '**' && index === segments.length - 1),
  );
}

/**
 * Whether a grant opens a canonical path. By whole segments: `/foo` and `/foo/**` do not open `/foobar`
 * (bug 43 of the list in docs/threat-model.md).
 */
export function opensHttp(granted: string, requested: string): boolean {
  if (!granted.includes('*')) return granted === requested;
  return fitsSegments(granted.split('/'), requested.split('/'), 0);
}
