import type { Authorization, Core, CoreContext, GuardedCall, TransactionHandle } from '@countersign/core';

/** Thrown inside of a host's transaction, so that it is rolled back, and told apart by its identity from all else. */
class NotAuthorized extends Error {
  override readonly name = 'NotAuthorized';
}

/** How the transaction of one call is opened; null: it has none. */
type Open = <Result>(run: (tx: TransactionHandle, additions?: object) => Promise<Result>) => Promise<Result>;

/**
 * Runs a call once it is authorized: the grant is used up before it, once.
 *
 * With a transaction the call and the consumption commit together or not at all; without one the consumption has
 * committed before the call begins, so that it happens at most once. The refusal is made when the transaction is over,
 * since it leaves a request that must stay, and may send a message.
 *
 * @throws CountersignError `authorization_required` with the request; whatever `call` throws, and the transaction.
 */
export async function runGuarded<Result>(
  core: Core,
  context: CoreContext,
  guarded: GuardedCall,
  open: Open | null,
  call: (authorization: Authorization, additions?: object) => Promise<Result>,
): Promise<Result> {
  const { take, refusal } = core.guard;
  if (open === null) {
    const authorization = await take(context, guarded);
    if (authorization === null) throw await refusal(context, guarded);
    return await call(authorization);
  }
  const missing = new NotAuthorized();
  try {
    return await open(async (tx, additions) => {
      const authorization = await take(context, guarded, { tx });
      if (authorization === null) throw missing;
      return await call(authorization, additions);
    });
  } catch (error) {
    if (error !== missing) throw error;
  }
  throw await refusal(context, guarded);
}
