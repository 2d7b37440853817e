import { timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { joinTransaction, type TransactionHandle } from '../database/transaction.ts';
import { CountersignError } from '../error.ts';
import { eventData, eventParametersOf } from '../event/parameters.ts';
import { formatId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { requireService } from '../permission.ts';
import { declaredMethod } from '../telemetry.ts';
import { countTransition, type Transition } from '../transition.ts';
import { operationData } from './operation-data.ts';
import { refusalError, requestUuid } from './refusal.ts';
import { untilTaken } from '../challenge/until-taken.ts';
import { consumeInput, type consumeOutput, type Receipt } from './schema.ts';
import { snapshotOf } from './snapshot.ts';
import { decide } from './state.ts';
import { consumeRequest, readForConsumption, type ConsumedRow } from './statement/consume.ts';

type ConsumeInput = z.output<typeof consumeInput>;

/**
 * Uses the grant: once, for exactly the data that was authorized. With `tx` it happens inside your own
 * transaction, so that your write and the consumption commit together or not at all; then no idempotency key
 * is needed, your transaction is one.
 *
 * Compared is what the operation's schema makes of the data, as it was when the request was made. So execute that, not
 * what came in: a schema that is not strict has dropped fields of it, and one that trims has changed them.
 *
 * @example
 * ```ts
 * await em.transactional(async (tx) => {
 *   await core.authorizationRequest.consume(context, { id, slug: 'transfer', subjectId, data }, { tx });
 *   await ledger.transfer(tx, data);
 * });
 * ```
 * @throws CountersignError in this order: `not_found`, `data_mismatch`, `not_granted`, `already_consumed`,
 * `execution_window_passed`; and `transaction_required`, `foreign_database` for a `tx` that is none or elsewhere.
 */
export async function consumeAuthorizationRequest(
  context: CoreContext,
  input: z.input<typeof consumeInput>,
  options: { readonly tx?: TransactionHandle } = {},
): Promise<z.output<typeof consumeOutput>> {
  const parsed = parseInput(consumeInput, input);
  requireService(context.actor);
  const uuid = requestUuid(parsed.id);
  const dataHash = await hashToCompare(context, parsed);
  if (options.tx) {
    const db = await joinTransaction(context.database, options.tx);
    return await context.telemetry.span('consume', uuid, async (span) => {
      const row = await consume({ ...context, db }, uuid, parsed, dataHash);
      countTransition(context, consumptionOf(context, row), span);
      return { consumed: true, receipt: receiptOf(row) };
    });
  }
  return await once(context, 'authorizationRequest.consume', parsed, {
    step: { name: 'consume', request: uuid },
    write: async (writing) => {
      const row = await consume(writing, uuid, parsed, dataHash);
      return {
        answer: { consumed: true as const, receipt: receiptOf(row) },
        transitions: [consumptionOf(writing, row)],
      };
    },
  });
}

/** Counted when it is made: whether a host's transaction commits is known to nobody but the host. */
export function consumptionOf(context: CoreContext, row: ConsumedRow): Transition {
  const { slug, granted_at: since, consumed_at: at } = row;
  return { outcome: 'consumed', slug, method: declaredMethod(context, null), since, at };
}

async function consume(
  context: CoreContext,
  uuid: string,
  input: ConsumeInput,
  dataHash: Buffer | null,
): Promise<ConsumedRow> {
  const sessionId = input.sessionId ?? null;
  return await untilTaken(
    async () => {
      if (!dataHash) return undefined;
      const now = context.clock.now();
      const [consumed] = await context.db.query(consumeRequest, {
        ...eventParametersOf(context, now, input.context),
        id: uuid,
        slug: input.slug,
        subjectId: input.subjectId,
        sessionId,
        dataHash,
        eventId: context.ids.uuid(),
        consumedData: eventData('authorization_request.consumed', {
          dataHash: dataHash.toString('base64url'),
          by: context.actor.kind,
        }),
      });
      return consumed;
    },
    async () => {
      const [present] = await context.db.query(readForConsumption, {
        id: uuid,
        subjectId: input.subjectId,
        sessionId,
      });
      if (!present) throw new CountersignError('not_found');
      const same =
        dataHash !== null && present.slug === input.slug && timingSafeEqual(present.data_hash, dataHash);
      if (!same) throw new CountersignError('data_mismatch');
      const decision = decide(snapshotOf(present), { kind: 'consume' }, context.clock.now());
      if (!decision.ok) throw refusalError(decision.refusal, present, context.clock.now());
    },
  );
}

/** Data that the operation's own schema refuses, or that has no canonical form, is not what was authorized. */
async function hashToCompare(context: CoreContext, input: ConsumeInput): Promise<Buffer | null> {
  try {
    return (await operationData(context.operations.get(input.slug), input.slug, input.data)).hash;
  } catch (error) {
    if (error instanceof CountersignError && error.reason === 'invalid_input') return null;
    throw error;
  }
}

/** What was used, and how it was proven. */
export function receiptOf(row: ConsumedRow): Receipt {
  if (row.binding === null || row.granted_at === null || row.consumed_at === null)
    throw new Error('a consumed request was granted');
  return {
    authorizationRequestId: formatId('authorizationRequest', row.id),
    slug: row.slug,
    subjectId: row.subject_id,
    sessionId: row.session_id,
    dataHash: row.data_hash.toString('base64url'),
    displayHash: row.display_hash.toString('base64url'),
    binding: row.binding,
    grantedAt: row.granted_at,
    consumedAt: row.consumed_at,
  };
}
