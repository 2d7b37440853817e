/** What may change something (RFC 9110 §9.2.1). Links, prefetching and previews send the others. */
export const changingMethods: readonly string[] = ['POST', 'PUT', 'PATCH', 'DELETE'];

/** A guarded route was asked by a method that changes nothing, or by one that another was put in the place of. */
export class NoChangeError extends Error {
  override readonly name = 'NoChangeError';
}

/**
 * @param asked as the request line has it, where it is known: no override counts.
 * @throws NoChangeError
 */
export function assertChanging(method: string, asked: string = method): void {
  if (changingMethods.includes(method) && asked === method) return;
  throw new NoChangeError('What is authorized here is done by a method that changes something.');
}
