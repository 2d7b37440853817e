/** Why the server did not start, in a sentence written for the person at the terminal, with one way out. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
