// What the client needs of packages/core/src/scoped-token/cst1/base62.ts, copied by `npm run generate`.
// A change belongs there; a check fails when this is not up to date.

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A whole number in base 62: digits, upper case, lower case; the highest place first. */
export function toBase62(value: number): string {
  let text = '';
  let rest = value;
  do {
    text = alphabet.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  } while (rest > 0);
  return text;
}
