/** What is to be done at the end, the last given first. */
export interface Releases {
  defer(release: () => unknown): void;
  /** Each runs, also when one before it fails; the first failure is thrown then. A second call does nothing. */
  run(): Promise<void>;
}

/** As AsyncDisposableStack, which Node 22 does not have. */
export function createReleases(): Releases {
  const releases: (() => unknown)[] = [];
  return {
    defer: (release) => void releases.push(release),
    async run() {
      const failures: unknown[] = [];
      for (let release = releases.pop(); release !== undefined; release = releases.pop()) {
        try {
          await release();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
