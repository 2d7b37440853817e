// What the client needs of packages/core/src/scoped-token/cst1/json-object.ts, copied by `npm run generate`.
// A change belongs there; a check fails when this is not up to date.

import { isRecord } from '../scope/is-record.ts';

/** Keys by which an object reaches its prototype: they get lost, or worse, on the way through other code. */
const unsafeNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * The object that an ASCII JSON text is; null for every other text, and for one that says a name twice in an
 * object, of which two readers could keep different ones.
 */
export function readJsonObject(json: string): Readonly<Record<string, unknown>> | null {
  const value = parse(json);
  return isRecord(value) && countNames(value) === countWrittenNames(json) ? value : null;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** The names of all objects within a value; not a number when one of them is unsafe. */
function countNames(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += countNames(item);
  else if (isRecord(value))
    for (const name of Object.keys(value)) {
      if (unsafeNames.has(name)) return Number.NaN;
      count += 1 + countNames(value[name]);
    }
  return count;
}

/** The colons of a JSON text that stand outside of its strings, each after a name; -1 beyond ASCII. */
function countWrittenNames(json: string): number {
  let count = 0;
  let isInside = false;
  for (let index = 0; index < json.length; index += 1) {
    const unit = json.charCodeAt(index);
    if (unit > 0x7f) return -1;
    if (unit === 0x22) isInside = !isInside;
    else if (isInside && unit === 0x5c) index += 1;
    else if (!isInside && unit === 0x3a) count += 1;
  }
  return count;
}
