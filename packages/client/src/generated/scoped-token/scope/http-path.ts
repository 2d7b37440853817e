// What the client needs of packages/core/src/scoped-token/scope/http-path.ts, copied by `npm run generate`.
// A change belongs there; a check fails when this is not up to date.

/** RFC 3986 §3.3: a segment is unreserved characters, sub-delimiters, ":", "@" and octets in hexadecimal. */
const segmentSyntax = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*$/;

/** Control bytes, and the encoded "%", "/" and "\": what another decoder in the way would read as structure. */
const hiddenStructure = /%(?:[01][0-9A-F]|25|2F|5C|7F)/i;

/** RFC 3986 §2.3: "-", ".", digits, letters, "_" and "~" mean the same encoded or not. */
const encodedUnreserved = /%(?:2D|2E|3[0-9]|[46][1-9A-F]|[57][0-9A]|5F|7E)/gi;

/** `.`, `..`, and the same with a parameter (`..;x`), which some servers cut off before they resolve the dots. */
const dots = /^\.\.?(?:;|%3B|$)/;

/**
 * The one spelling of a request's path under which grants are looked up, or null for a path that is refused:
 * one that is not well-formed, or that another component on the way could read as another path. Nothing is
 * repaired; only octets that need no encoding are decoded, and the hexadecimal of the others is upper-cased
 * (RFC 3986 §6.2.2).
 *
 * @example
 * ```ts
 * canonicalHttpPath('/api/caf%c3%a9'); // '/api/caf%C3%A9'
 * canonicalHttpPath('/api/%2e%2e/admin'); // null
 * ```
 */
export function canonicalHttpPath(path: string): string | null {
  if (typeof path !== 'string' || !path.startsWith('/')) return null;
  const segments = path.slice(1).split('/');
  const canonical: string[] = [];
  for (const [index, segment] of segments.entries()) {
    if (segment === '' && index < segments.length - 1) return null; // "//": empty segments only last
    const plain = canonicalSegment(segment);
    if (plain === null) return null;
    canonical.push(plain);
  }
  return `/${canonical.join('/')}`;
}

function canonicalSegment(segment: string): string | null {
  if (!segmentSyntax.test(segment)) return null;
  const plain = segment.includes('%') ? decodeOctets(segment) : segment;
  return plain === null || dots.test(plain) ? null : plain;
}

function decodeOctets(segment: string): string | null {
  if (hiddenStructure.test(segment) || !isUtf8(segment)) return null;
  return segment
    .replace(encodedUnreserved, (octet) => String.fromCharCode(Number.parseInt(octet.slice(1), 16)))
    .replace(/%../g, (octet) => octet.toUpperCase());
}

/** ECMA-262 §19.2.6.5: it throws for overlong forms, surrogates and everything beyond U+10FFFF. */
function isUtf8(segment: string): boolean {
  try {
    decodeURIComponent(segment);
    return true;
  } catch {
    return false;
  }
}
