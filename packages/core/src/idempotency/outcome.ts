/** Outcomes are stored as JSON in which a Date stays a Date: `{ "$date": "2026-11-22T…" }`. */
export function encodeOutcome(outcome: unknown): string {
  return JSON.stringify(tag(outcome));
}

/** Data that looks like a tag is wrapped, so that what a host wrote comes back as it was. */
function tag(value: unknown): unknown {
  if (value instanceof Date) return { $date: value.toISOString() };
  if (Array.isArray(value)) return value.map(tag);
  if (value === null || typeof value !== 'object') return value;
  const tagged = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, tag(inner)]));
  return isTag(value) ? { $value: tagged } : tagged;
}

export function decodeOutcome(stored: unknown): unknown {
  if (Array.isArray(stored)) return stored.map(decodeOutcome);
  if (stored === null || typeof stored !== 'object') return stored;
  if (isTag(stored)) {
    if ('$date' in stored) return new Date(String(stored.$date));
    const inner = Object.entries((stored as { $value: object }).$value);
    return Object.fromEntries(inner.map(([key, value]) => [key, decodeOutcome(value)]));
  }
  return Object.fromEntries(Object.entries(stored).map(([key, value]) => [key, decodeOutcome(value)]));
}

function isTag(value: object): boolean {
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] === '$date' || keys[0] === '$value');
}
