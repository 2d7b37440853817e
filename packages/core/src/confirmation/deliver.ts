import { deliver, type Delivery } from '../challenge/deliver.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { parseId } from '../id.ts';
import type { ConfirmationView } from './schema.ts';
import { noteFailedDelivery, readFailedDelivery } from './statement/delivery.ts';

/** Sends what was committed. When the carrier fails: `delivery_failed`, and a new confirmation may be asked for at once. */
export async function deliverMessage(
  context: CoreContext,
  uuid: string,
  view: ConfirmationView,
  delivery: Delivery,
): Promise<void> {
  if (await deliver(context, delivery, view)) return;
  await context.database.pool.query(noteFailedDelivery, { id: uuid, now: context.clock.now() });
  throw new CountersignError('delivery_failed');
}

/** A replayed idempotency key answers as the first call did: if that one's message failed, so does this. */
export async function repeatFailedDelivery(
  context: CoreContext,
  answered: Pick<ConfirmationView, 'id'>,
): Promise<void> {
  const id = parseId('confirmation', answered.id);
  if (id === null) return;
  const [failed] = await context.database.pool.query(readFailedDelivery, { id });
  if (failed) throw new CountersignError('delivery_failed');
}
