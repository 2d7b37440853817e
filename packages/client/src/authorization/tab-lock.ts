/**
 * Does the work while no other page of this origin does any for the same request: two tabs may wait for one grant, and
 * only one of them may use it (w3.org/TR/web-locks). Without such locks, on plain http or in an older Node, it is done
 * at once; then the server alone decides who comes first.
 */
export async function alone<T>(id: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const { locks } = (globalThis.navigator ?? {}) as Partial<Navigator>;
  if (locks === undefined) return await work();
  let isBegun = false;
  const begin = (): Promise<T> => {
    isBegun = true;
    return work();
  };
  try {
    return await locks.request(`countersign ${id}`, { signal }, begin);
  } catch (error) {
    if (isBegun || signal.aborted) throw error;
    return await work(); // A sandboxed frame has locks, and may not ask for one.
  }
}
