/**
 * What was hashed, read back from the canonical text that was: no getter, no prototype and no reference of the caller's
 * is in it, and nobody on the way to the resolver can change it.
 */
export function frozenData(canonical: string): unknown {
  return JSON.parse(canonical, (_key, value: unknown) => Object.freeze(value));
}
