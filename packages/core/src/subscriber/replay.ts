import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import type { Executor } from '../database/executor.ts';
import { invalidInput } from '../error.ts';
import { logStart, parsePosition } from '../event/position.ts';
import { logEnd } from '../event/read.ts';
import { parseInput } from '../parse.ts';
import { changeSubscriber } from './change.ts';
import { isOurs, oursExpected, replayInput, type SubscriberView } from './schema.ts';
import { placeRow } from './statement/change.ts';
import { listSubscriberRows } from './statement/list.ts';

/**
 * Moves a subscriber to another place in the log: back, so that it gets again what it has had, or forward. What it does
 * outside of its transaction happens again; the ids of the events are the same.
 *
 * One of ours stays where it is, unless it is parked because the log cannot be read from there any more.
 *
 * @throws CountersignError `forbidden`; `not_found` for a name that is none.
 */
export async function replaySubscriber(
  context: CoreContext,
  input: z.input<typeof replayInput>,
): Promise<SubscriberView> {
  const parsed = parseInput(replayInput, input);
  const { name, after, from } = parsed;
  if ((after === undefined) === (from === undefined))
    throw invalidInput(['from'], 'give one of after and from');
  const given = after === undefined ? null : parsePosition(after);
  if (after !== undefined && given === null)
    throw invalidInput(['after'], 'must be the id of an event or a cursor that a list returned');
  return await changeSubscriber(context, 'operator.replaySubscriber', parsed, async ({ db, clock }) => {
    if (isOurs(name)) await requireParked(db, name, given !== null);
    const place = given ?? (from === 'start' ? logStart : await logEnd(db));
    return await db.query(placeRow, { ...place, name, now: clock.now() });
  });
}

async function requireParked(db: Executor, name: string, isAfter: boolean): Promise<void> {
  const [row] = await db.query(listSubscriberRows, { name });
  if (isAfter || row?.state !== 'parked') throw invalidInput(['name'], oursExpected);
}
