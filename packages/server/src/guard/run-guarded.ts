import {
  CountersignError,
  type Authorization,
  type Core,
  type CoreContext,
  type GuardedCall,
  type TransactionHandle,
} from '@countersign/core';
import { misplaced } from './misuse.ts';

/** Thrown inside of a host's transaction, so that it is rolled back. */
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
  let authorization: Authorization | null | undefined;
  try {
    const result = await open(async (tx, additions) => {
      authorization = await take(context, guarded, { tx });
      if (authorization === null) throw new NotAuthorized();
      return await call(authorization, additions);
    });
    if (authorization) context.wake([authorization.id]);
    if (authorization !== null) return answered(result);
  } catch (error) {
    // Whatever became of our error on its way through the host's transaction: what is missing is missing.
    if (authorization !== null) throw error;
  }
  throw await refusal(context, guarded);
}

/** What a call gave. A host's transaction that keeps it back may not have committed either. */
export function answered<Result>(result: Result): Result {
  if (result === undefined) throw new CountersignError('internal', { cause: misplaced.unanswered() });
  return result;
}
