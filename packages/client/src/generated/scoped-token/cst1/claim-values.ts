// What the client needs of packages/core/src/scoped-token/cst1/claim-values.ts, copied by `npm run generate`.
// A change belongs there; a check fails when this is not up to date.

import { isRecord } from '../scope/is-record.ts';

/** What is wrong with a value, as what it must be instead; null for nothing. */
export type ValueRule = (value: unknown) => string | null;

/** Characters that a person may have chosen; no U+0000, which no database of ours stores. */
const text: ValueRule = (value) =>
  typeof value === 'string' &&
  value.length > 0 &&
  value.length <= 200 &&
  value.isWellFormed() &&
  !value.includes('\0')
    ? null
    : 'must be a text of 1 to 200 characters';

/** Never a fraction, a text or a Boolean; not negative, and exact as a JSON number. */
export const wholeNumber: ValueRule = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? null : 'must be a whole number';

export const recipient: ValueRule = (value) =>
  typeof value === 'string' && /^[ -~]{1,120}$/.test(value)
    ? null
    : 'must be 1 to 120 characters of printable ASCII';

export const delegateId: ValueRule = (value) =>
  typeof value === 'string' && /^[!-~]{1,64}$/.test(value)
    ? null
    : 'must be 1 to 64 characters of printable ASCII without spaces';

/** Each letter at most once. */
export const carriers: ValueRule = (value) =>
  typeof value === 'string' && /^[hwq]{1,3}$/.test(value) && new Set(value).size === value.length
    ? null
    : 'must be of the letters h, w and q, each once';

/** An object with exactly these keys, each a text. */
export function exactly(...names: readonly string[]): ValueRule {
  const expected = `must be an object of ${names.join(' and ')}, and nothing else`;
  return (value) =>
    isRecord(value) &&
    Object.keys(value).length === names.length &&
    names.every((name) => Object.hasOwn(value, name) && text(value[name]) === null)
      ? null
      : expected;
}
