import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { parsePosition } from '../event/position.ts';
import { parseInput } from '../parse.ts';
import { changeSubscriber } from './change.ts';
import { resumeInput, type SubscriberView } from './schema.ts';
import { placeRow, resumeRow } from './statement/change.ts';
import { listSubscriberRows } from './statement/list.ts';

/**
 * Lets a parked or waiting subscriber try again now; with `skip`, behind the event that failed.
 *
 * @throws CountersignError `forbidden`; `not_found` for a name that is none, or with `skip` where nothing has failed.
 */
export async function resumeSubscriber(
  context: CoreContext,
  input: z.input<typeof resumeInput>,
): Promise<SubscriberView> {
  const parsed = parseInput(resumeInput, input);
  const { name, skip = false } = parsed;
  return await changeSubscriber(context, 'operator.resumeSubscriber', parsed, async ({ db, clock }) => {
    if (!skip) return await db.query(resumeRow, { name });
    const [row] = await db.query(listSubscriberRows, { name });
    const failed = row?.failed_event ? parsePosition(row.failed_event) : null;
    if (failed === null) throw new CountersignError('not_found');
    return await db.query(placeRow, { ...failed, name, now: clock.now() });
  });
}
