/** What it comes to, unless the signal is given first: then it fails with what that means here. */
export async function unlessGiven<T>(
  signal: AbortSignal | undefined,
  work: Promise<T>,
  meaningOf: (reason: unknown) => unknown,
): Promise<T> {
  if (signal === undefined) return await work;
  const { promise: given, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(meaningOf(signal.reason));
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  try {
    return await Promise.race([given, work]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
