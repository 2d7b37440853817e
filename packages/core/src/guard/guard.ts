import type { z } from 'zod';
import { createInternalRequest } from '../authorization-request/create.ts';
import { receiptOf } from '../authorization-request/consume.ts';
import { hashedData, type OperationData } from '../authorization-request/operation-data.ts';
import type { Receipt } from '../authorization-request/schema.ts';
import type { CoreContext } from '../context.ts';
import { joinTransaction, type TransactionHandle } from '../database/transaction.ts';
import { CountersignError } from '../error.ts';
import type { Operation } from '../operation/define.ts';
import { locale as localeSchema } from '../schema.ts';
import { fromHost } from '../within.ts';
import { frozenData } from './frozen.ts';
import { refusalWithRequest } from './refuse.ts';
import { useGrant } from './use-grant.ts';
import type { Wanted } from './wanted.ts';

/** A call of the host's that somebody must have authorized. */
export interface GuardedCall {
  readonly operation: Operation;
  readonly data: OperationData;
  readonly wanted: Wanted;
  readonly locale: string | undefined;
}

/** What a call was authorized by: used up, for exactly this data. */
export interface Authorization<Data = unknown> {
  readonly id: string;
  /** What was hashed and shown, frozen. Execute this, whatever else came with the call. */
  readonly data: Data;
  readonly receipt: Receipt;
}

/** What a schema makes of an input; the findings are a value, since each transport has its own way to tell them. */
export async function readGuarded(
  operation: Operation,
  input: unknown,
): Promise<z.ZodSafeParseResult<unknown>> {
  return await fromHost(operation.data.safeParseAsync(input));
}

/**
 * A call that is to be guarded: whose it is, and the one hash of its values. `data` is what the operation's schema has
 * made of the input; it is hashed as it stands.
 *
 * @throws CountersignError `forbidden` for whoever is no subject, since nobody else can consent, and for a subject
 * without a session unless the operation says `session: 'any'`; `invalid_input` for data that JSON cannot carry.
 */
export function guardedCall(
  { actor }: CoreContext,
  asked: { readonly operation: Operation; readonly data: unknown; readonly locale?: string | undefined },
): GuardedCall {
  const { operation } = asked;
  if (actor.kind !== 'subject') throw new CountersignError('forbidden');
  if (actor.sessionId === null && operation.session !== 'any') throw new CountersignError('forbidden');
  const data = hashedData(operation.slug, asked.data);
  const { subjectId, sessionId } = actor;
  return {
    operation,
    data,
    // A language that is none is nobody's reason to refuse: the text is then in the operation's own.
    locale: localeSchema.safeParse(asked.locale).data,
    wanted: {
      slug: operation.slug,
      subjectId,
      sessionId,
      dataHash: data.hash,
      requiredBinding: operation.binding ?? 'none',
    },
  };
}

/**
 * Uses the grant for a call, once; null when there is none. With `tx` it happens in the host's own transaction, so that
 * a rollback gives it back; without, it is used up when this answers.
 *
 * @throws CountersignError `transaction_required`, `foreign_database`.
 */
export async function takeAuthorization(
  context: CoreContext,
  { wanted, data }: GuardedCall,
  { tx }: { readonly tx?: TransactionHandle | undefined } = {},
): Promise<Authorization | null> {
  const db = tx === undefined ? context.db : await joinTransaction(context.database, tx);
  const row = await useGrant({ ...context, db, ...(tx && { wake: later }) }, wanted);
  if (row === null) return null;
  const receipt = receiptOf(row);
  return Object.freeze({ id: receipt.authorizationRequestId, data: frozenData(data.canonical), receipt });
}

/** Nobody can see it before the host commits; whoever knows when that was wakes the readers then. */
const later = (): void => undefined;

/**
 * Why a call may not happen yet: `authorization_required`, with the request that waits for exactly these values in this
 * session, or a new one. To be made when the host's transaction is over.
 *
 * @throws CountersignError what creating a request refuses by: `rate_limited`, `method_unavailable`, `delivery_failed`, …
 */
export async function refuseGuarded(context: CoreContext, call: GuardedCall): Promise<CountersignError> {
  const { operation, data, wanted, locale } = call;
  return await refusalWithRequest(context, wanted, (asking) =>
    createInternalRequest(asking, {
      operation,
      data,
      subjectId: wanted.subjectId,
      sessionId: wanted.sessionId,
      requiredBinding: wanted.requiredBinding,
      factorIds: null,
      locale,
      passedAlong: undefined,
    }),
  );
}
