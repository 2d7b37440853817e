type Digest = (parts: readonly string[]) => { toString(encoding?: 'hex'): string };

const separators = ['|', ':', ',', '.', '/', '\n', ' ', '"', '\\', '","', '\u0001'];

/** Two different lists of parts that have the same digest: a separator moved from one part into the next. */
export function findCollision(digest: Digest): readonly [readonly string[], readonly string[]] | null {
  for (const separator of separators) {
    const lists = [
      ['a', `b${separator}c`],
      [`a${separator}b`, 'c'],
      [`a${separator}b${separator}c`],
      ['a', 'b', 'c'],
      ['', `a${separator}b${separator}c`],
      [`a${separator}b${separator}c`, ''],
    ];
    const seen = new Map<string, readonly string[]>();
    for (const list of lists) {
      const value = digest(list).toString('hex');
      const same = seen.get(value);
      if (same) return [same, list];
      seen.set(value, list);
    }
  }
  return null;
}
