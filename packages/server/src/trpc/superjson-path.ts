/** Whether an object stands at this place. superjson joins keys by dots and writes a dot in a key as `\.`. */
export function pathExists(value: unknown, path: string): boolean {
  let current: unknown = value;
  for (const key of path
    .split(/(?<!\\)\./)
    .map((part) => part.replaceAll('\\.', '.').replaceAll('\\\\', '\\'))) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return false;
    current = (current as Record<string, unknown>)[key];
  }
  return typeof current === 'object' && current !== null;
}
