import type { AuthorizationRequestWatchEvent } from '../generated/schema.ts';

const lastTypes: ReadonlySet<string> = new Set([
  'authorization_request.denied',
  'authorization_request.cancelled',
  'authorization_request.expired',
  'authorization_request.consumed',
]);

/**
 * Whether nothing more can happen to the request after this event. Two ends have no event, because nothing
 * happens at them: the window of a grant, and an expiry that nobody has written down yet. There the request as
 * it stands tells it, by the server's own clock.
 */
export function isLastEvent(event: AuthorizationRequestWatchEvent): boolean {
  if (event.type !== 'authorization_request.snapshot') return lastTypes.has(event.type);
  const { state, consumedAt, executeBefore, expiresAt } = event.data.request;
  if (state !== 'waiting' && state !== 'granted') return true;
  const end = state === 'granted' ? executeBefore : expiresAt;
  return consumedAt !== null || (end !== null && end.getTime() <= event.occurredAt.getTime());
}

/** Whether the request is decided with this event, or was before. */
export function isDecision(event: AuthorizationRequestWatchEvent): boolean {
  if (event.type === 'authorization_request.snapshot') return event.data.request.state !== 'waiting';
  return event.type === 'authorization_request.granted' || lastTypes.has(event.type);
}
