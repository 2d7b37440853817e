import type { CoreContext } from '../context.ts';
import { joinTransaction, type TransactionHandle } from '../database/transaction.ts';
import { CountersignError } from '../error.ts';
import type { Operation } from '../operation/define.ts';
import { actorOfToken } from './actor-of-token.ts';
import type { AcceptedToken } from './cst1/accepted-token.ts';
import type { PayingRequest } from './cst1/claims.ts';
import { sameText } from './cst1/same-text.ts';

/** How an authorization request is used; given, since requests and tokens do not know of each other. */
export interface Till<Receipt> {
  /** The data hash as a request of this operation has it; without one, of the data as given. Refuses what its schema refuses. */
  readonly hash: (
    operation: Operation | undefined,
    slug: string,
    data: unknown,
  ) => Promise<{ readonly hash: Buffer }>;
  readonly consume: (context: CoreContext, input: Consumption) => Promise<{ readonly receipt: Receipt }>;
}

interface Consumption extends PaidCall {
  readonly id: string;
  readonly subjectId: string;
  readonly sessionId: string | null;
}

/** The call that is to be paid for. */
export interface PaidCall {
  readonly slug: string;
  readonly data?: unknown;
}

/**
 * Pays for one call with the requests that a token carries: each is consumed as `authorizationRequest.consume` does
 * it, once, for exactly this data; all of them or none. The data given is what the caller goes on with, so it must be
 * what was granted as it stands, and not only once the operation's schema has trimmed it or dropped what it does not
 * know: give what the schema has made of it. Presented a second time the token pays for nothing. A token
 * that carries none pays for nothing either: whether the call is guarded otherwise is for the caller to ask.
 *
 * @example
 * ```ts
 * const receipts = await core.scopedToken.pay(context, accepted, { slug: 'transfer', data }, { tx });
 * if (receipts.length === 0) refuse();
 * ```
 * @throws CountersignError `forbidden` for a device's token, since a device never consumes; `data_mismatch` for
 * another slug or other data than the token says, before anything is consumed; then what `consume` refuses by.
 */
export async function payWithToken<Receipt>(
  context: CoreContext,
  till: Till<Receipt>,
  accepted: AcceptedToken,
  call: PaidCall,
  options: { readonly tx?: TransactionHandle } = {},
): Promise<readonly Receipt[]> {
  const { requests } = accepted.restrictions;
  if (requests.length === 0) return [];
  if (actorOfToken(accepted).kind === 'device') throw new CountersignError('forbidden');
  await assertSameData(context, till, requests, call);
  const service: CoreContext = { ...context, actor: { kind: 'service' } };
  const ids = inOrder(requests);
  const consume = async (paying: CoreContext): Promise<Receipt[]> => {
    const receipts: Receipt[] = [];
    for (const id of ids)
      receipts.push((await till.consume(paying, consumptionOf(accepted, id, call))).receipt);
    return receipts;
  };
  if (options.tx) return await consumeWithin(service, options.tx, consume);
  // One statement commits by itself.
  if (ids.length === 1) return await consume(service);
  const receipts = await context.database.transaction((db) => consume({ ...service, db, wake: later }));
  context.wake(ids);
  return receipts;
}

/** What was written within a transaction can be seen when it has been committed. */
const later = (): void => undefined;

/** Before anything is consumed: a token that carries a request twice, or for two hashes, is judged here too. */
async function assertSameData<Receipt>(
  { operations }: CoreContext,
  till: Till<Receipt>,
  requests: readonly PayingRequest[],
  { slug, data }: PaidCall,
): Promise<void> {
  const hash = async (operation: Operation | undefined): Promise<string | null> => {
    try {
      return (await till.hash(operation, slug, data)).hash.toString('base64url');
    } catch (error) {
      if (error instanceof CountersignError && error.reason === 'invalid_input') return null;
      throw error;
    }
  };
  const operation = operations.get(slug);
  const asGiven = await hash(undefined);
  const asRead = operation === undefined ? asGiven : await hash(operation);
  // A schema that makes something else of what it has made already pays for nothing.
  if (asGiven === null || asRead !== asGiven) throw new CountersignError('data_mismatch');
  if (!requests.every((request) => sameText(request.hash, asGiven)))
    throw new CountersignError('data_mismatch');
}

/** Each once, and always in the same order: two tokens with the same requests do not wait for each other. */
function inOrder(requests: readonly PayingRequest[]): readonly string[] {
  return [...new Set(requests.map(({ id }) => id))].sort();
}

function consumptionOf({ subjectId, sessionId }: AcceptedToken, id: string, call: PaidCall): Consumption {
  return { id, subjectId, sessionId, slug: call.slug, data: call.data };
}

/** A caller who goes on after a refusal has consumed nothing: what was is taken back first. */
async function consumeWithin<Receipt>(
  service: CoreContext,
  tx: TransactionHandle,
  consume: (paying: CoreContext) => Promise<Receipt[]>,
): Promise<Receipt[]> {
  const db = await joinTransaction(service.database, tx);
  await db.select('SAVEPOINT countersign_pay', []);
  try {
    const receipts = await consume({ ...service, db, wake: later });
    await db.select('RELEASE SAVEPOINT countersign_pay', []);
    return receipts;
  } catch (error) {
    await db.select('ROLLBACK TO SAVEPOINT countersign_pay', []).catch(() => undefined);
    throw error;
  }
}
