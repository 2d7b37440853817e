// What the client needs of packages/core/src/scoped-token/scope/is-record.ts, copied by `npm run generate`.
// A change belongs there; a check fails when this is not up to date.

/** Whether a value is a plain object, as JSON makes them: what it says of itself is what is written of it. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
