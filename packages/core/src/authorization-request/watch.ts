import { digitsFor } from '../challenge/view.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError, invalidInput } from '../error.ts';
import { audienceOf, filterOf, matches } from '../event/filter.ts';
import { formatPosition, parsePosition } from '../event/position.ts';
import { isKnown, sharedViewOf } from '../event/row.ts';
import type { StreamOptions } from '../event/stream.ts';
import { parseInput } from '../parse.ts';
import { requireParty } from '../permission.ts';
import { requestUuid } from './refusal.ts';
import { watchInput, type RequestSnapshot, type WatchEvent } from './schema.ts';
import { readSnapshot, type SnapshotRow } from './statement/watch.ts';
import { viewerOf } from './statement/visible.ts';
import { viewOf } from './view.ts';
import { endOf } from './watch-end.ts';
import type { Watch, Watches } from './watches.ts';

/**
 * One request as it is, and then what happens to it: first `authorization_request.snapshot` with
 * `data.request`, as `get` shows it; then its events by their sequence, as they are committed, without waiting
 * for other transactions. It ends after denied, cancelled, expired or consumed, at the end of the execution
 * window, five seconds after an expiry that nobody has written down, when its signal aborts, or when core is
 * closed.
 *
 * The snapshot contains the events up to its `sequence`. With `lastEventId` it still comes first, and all
 * events after that one follow, also those that it contains; going on from the snapshot's own id gives the
 * same events once more. So each event is told, whenever the reader was cut off.
 *
 * @example
 * ```ts
 * for await (const event of await core.authorizationRequest.watch(context, { id })) {
 *   if (event.type === 'authorization_request.snapshot') show(event.data.request);
 * }
 * ```
 * @throws CountersignError `not_found` as `getAuthorizationRequest`; `invalid_input` for a `lastEventId` that is none.
 */
export async function watchAuthorizationRequest(
  context: CoreContext,
  watches: Watches,
  input: { id: string; lastEventId?: string | undefined },
  { signal }: StreamOptions = {},
): Promise<AsyncIterable<WatchEvent>> {
  const { id, lastEventId } = parseInput(watchInput, input);
  requireParty(context.actor);
  const given = lastEventId === undefined ? undefined : parsePosition(lastEventId);
  if (given === null) throw invalidInput(['lastEventId'], 'must be the id of an event or a cursor');
  // Attached before the request is read: what is committed in between is told (bug 47).
  const watch = watches.open(requestUuid(id), signal);
  try {
    const after = given?.sequence ?? null;
    const asked = { ...viewerOf(context.actor), id: requestUuid(id), after };
    const [row] = await context.database.pool.query(readSnapshot, asked);
    if (!row) throw new CountersignError('not_found');
    watch.begin(placeOf(row), endOf(row));
    return tellAll(context, watch, snapshotEventOf(context, row));
  } catch (error) {
    watch.close();
    throw error;
  }
}

async function* tellAll(
  context: CoreContext,
  watch: Watch,
  snapshot: RequestSnapshot,
): AsyncGenerator<WatchEvent, void> {
  const shown = filterOf(context.actor, {});
  const audience = audienceOf(context.actor);
  try {
    yield snapshot;
    for (let row = await watch.next(); row; row = await watch.next()) {
      if (!shown || !matches(row, shown)) return;
      if (isKnown(row)) yield sharedViewOf(row, audience);
    }
  } finally {
    watch.close();
  }
}

/** Where it goes on. */
function placeOf({ after_epoch: epoch, after_txid: txid, after_sequence: sequence }: SnapshotRow) {
  return { epoch, txid, sequence };
}

/** Its id names the place from which the events go on, and no other event: it is told once, in one stream. */
function snapshotEventOf(context: CoreContext, row: SnapshotRow): RequestSnapshot {
  const occurredAt = context.clock.now();
  const request = viewOf(row, occurredAt, digitsFor(context));
  return {
    id: formatPosition({ ...placeOf(row), id: context.ids.uuid() }),
    type: 'authorization_request.snapshot',
    occurredAt,
    subjectId: row.subject_id,
    slug: row.slug,
    about: { kind: 'authorization_request', id: request.id },
    sequence: row.sequence,
    data: { request },
    context: null,
  };
}
