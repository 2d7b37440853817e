/** Bug 20: who has the link may register a key with it, as long as it has not expired. Nothing marks it as used. */
export function enrolmentLink<Key>() {
  const keys: Key[] = [];
  return {
    keys,
    async register(key: Key): Promise<boolean> {
      await Promise.resolve();
      keys.push(key);
      return true;
    },
  };
}
