/** Milliseconds since `startedAt`, a value of `performance.now()`. */
export function since(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}
