// What the client needs of packages/core/src/scoped-token/scope/procedure-grant.ts, copied by `npm run generate`.
// A change belongs there; a check fails when this is not up to date.

const grant = /^(?:(?:\*|[A-Za-z0-9_$-]{1,64})\.)*(?:\*\*?|[A-Za-z0-9_$-]{1,64})$/;

/** The same with `*` for a segment and `**` for the last: `invoice.*`, `feed.**`. */
export function isProcedureGrant(text: string): boolean {
  return grant.test(text);
}
