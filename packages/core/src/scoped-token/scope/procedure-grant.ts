import { fitsSegments } from './segments.ts';

// Fixed expressions in which no character can be taken in two ways: their time is linear in the text.
const path = /^[A-Za-z0-9_$-]{1,64}(?:\.[A-Za-z0-9_$-]{1,64})*$/;
const grant = /^(?:(?:\*|[A-Za-z0-9_$-]{1,64})\.)*(?:\*\*?|[A-Za-z0-9_$-]{1,64})$/;

/** Segments between dots: `invoice.markPaid`. */
export function isProcedurePath(text: unknown): text is string {
  return typeof text === 'string' && path.test(text); // a missing one would be “undefined”
}

/** The same with `*` for a segment and `**` for the last: `invoice.*`, `feed.**`. */
export function isProcedureGrant(text: string): boolean {
  return grant.test(text);
}

/** Whether a grant opens a path of which `isProcedurePath` is true. */
export function opensProcedure(granted: string, called: string): boolean {
  if (!granted.includes('*')) return granted === called;
  return fitsSegments(granted.split('.'), called.split('.'), 1);
}
