import { deliver, type Delivery } from '../challenge/deliver.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { parseId } from '../id.ts';
import { requestUuid } from './refusal.ts';
import type { RequestWithChallenge } from './row.ts';
import type { AuthorizationRequestView } from './schema.ts';
import { noteFailedDelivery, readFailedDelivery } from './statement/challenge.ts';
import { readRequest } from './statement/read.ts';
import { viewerOf } from './statement/visible.ts';
import { viewOf } from './view.ts';

/**
 * Sends what was committed. When the carrier fails, the request stays as it is and may be asked for a new
 * challenge at once: `delivery_failed`, with the request on the error.
 */
export async function deliverChallenge(
  context: CoreContext,
  row: RequestWithChallenge,
  view: AuthorizationRequestView,
  delivery: Delivery,
): Promise<void> {
  const sent = await context.telemetry.span('deliver', row.id, (span) =>
    deliver(context, delivery, view, span),
  );
  if (sent) return;
  const now = context.clock.now();
  const challengeId = row.challenge_id;
  const [freed] = challengeId
    ? await context.database.pool.query(noteFailedDelivery, { id: row.id, challengeId, now })
    : [];
  throw new CountersignError('delivery_failed', { authorizationRequest: freed ? viewOf(freed, now) : view });
}

/** A replayed idempotency key answers as the first call did: if that one's message failed, so does this. */
export async function repeatFailedDelivery(
  context: CoreContext,
  answered: { readonly id: string; readonly challenge: { readonly id: string } | null },
): Promise<void> {
  const id = requestUuid(answered.id);
  const challengeId = answered.challenge && parseId('challenge', answered.challenge.id);
  if (!challengeId) return;
  const [failed] = await context.database.pool.query(readFailedDelivery, { id, challengeId });
  if (!failed) return;
  const [row] = await context.database.pool.query(readRequest, { ...viewerOf(context.actor), id });
  if (!row) return;
  throw new CountersignError('delivery_failed', { authorizationRequest: viewOf(row, context.clock.now()) });
}
