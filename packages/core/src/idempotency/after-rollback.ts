/**
 * A refusal with something still to be written, which must not be written while the key's transaction is open:
 * it waits for a row that this very transaction has locked, and would be undone with it besides.
 */
export class AfterRollback extends Error {
  override readonly name = 'AfterRollback';
  readonly refusal: Error;
  readonly settle: () => Promise<unknown>;

  constructor(refusal: Error, settle: () => Promise<unknown>) {
    super(refusal.message, { cause: refusal });
    this.refusal = refusal;
    this.settle = settle;
  }
}

/** Settles what waits for the end of the transaction, and goes on with the refusal. */
export async function settleAfterRollback(error: unknown): Promise<never> {
  if (!(error instanceof AfterRollback)) throw error;
  await error.settle();
  throw error.refusal;
}
