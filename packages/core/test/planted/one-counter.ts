/** Bug 15: one counter of wrong proofs in a row for whoever signs in; a right proof of anything begins it anew. */
export function oneCounter(max: number) {
  let wrong = 0;
  return {
    signedIn(): void {
      wrong = 0;
    },
    judges(): boolean {
      if (wrong >= max) return false;
      wrong += 1;
      return true;
    },
  };
}
