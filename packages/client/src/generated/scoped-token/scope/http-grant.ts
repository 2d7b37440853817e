// What the client needs of packages/core/src/scoped-token/scope/http-grant.ts, copied by `npm run generate`.
// A change belongs there; a check fails when this is not up to date.

import { canonicalHttpPath } from './http-path.ts';

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
