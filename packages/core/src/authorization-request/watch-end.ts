import type { EventData, EventType } from '../event/catalog.ts';
import type { EventRow } from '../event/row.ts';
import type { RequestRow } from './row.ts';

/**
 * The expiry of a request is an event once the sweep has written it, within five seconds (I17). A watch waits
 * that long for it, and no longer: its end must not depend on a background job.
 */
const expiryWrittenWithinMs = 5000;

/** The end of a watch to which nothing more is told. */
export const over = new Date(0);

/** When a watch of this request ends if nothing more happens. */
export function endOf({ state, expires_at, execute_before, consumed_at }: RequestRow): Date {
  switch (state) {
    case 'waiting':
      return writtenBy(expires_at);
    case 'granted':
      return consumed_at === null && execute_before !== null ? execute_before : over;
    case 'denied':
    case 'cancelled':
    case 'expired':
      return over;
  }
}

/** Nothing is decided after these. */
const lastTypes: ReadonlySet<EventType> = new Set([
  'authorization_request.denied',
  'authorization_request.cancelled',
  'authorization_request.expired',
  'authorization_request.consumed',
]);

/**
 * What an event makes of that end. A wrong answer that was judged before the decision can still be written
 * after it; the watch has ended by then. Null: nothing, as all types that are not known here.
 */
export function endAfter({ type, data }: Pick<EventRow, 'type' | 'data'>): Date | null {
  if (lastTypes.has(type)) return over;
  if (type === 'authorization_request.granted')
    return new Date((data as EventData<typeof type>).executeBefore);
  if (type !== 'authorization_request.reset') return null;
  return writtenBy(new Date((data as EventData<typeof type>).expiresAt));
}

function writtenBy(expiresAt: Date): Date {
  return new Date(expiresAt.getTime() + expiryWrittenWithinMs);
}
