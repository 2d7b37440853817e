let incomparable = 0;

/**
 * By which a call is known to be the same as another: where it goes and its input, whatever the order of its keys. A
 * call whose input nobody can compare, a file say, is like no other.
 */
export function callKey(path: string, input: unknown): string {
  try {
    return `${path} ${canonical(input)}`;
  } catch {
    incomparable += 1;
    return `${path} #${incomparable}`;
  }
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return primitive(value);
  if (value instanceof Date) return `Date ${value.getTime()}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('it cannot be compared');
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.join()}}`;
}

function primitive(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError('it cannot be compared');
  return String(value);
}
