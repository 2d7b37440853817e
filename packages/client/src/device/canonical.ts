/**
 * The canonical form (RFC 8785) of texts and whole numbers: sorted by UTF-16 unit, as `JSON.stringify` prints them. A
 * list of keys tells it their order, too.
 */
export function canonicalOf(values: Readonly<Record<string, string | number>>): string {
  return JSON.stringify(values, Object.keys(values).sort());
}
