import { requestEvent } from '../../event/append.ts';

/** The challenge that was issued for the row in `from`, as its event: no challenge, no event. */
export function challengedEvent(from: string, sequence: string): string {
  return requestEvent({
    type: 'authorization_request.challenged',
    id: ':challengedEventId::uuid',
    from,
    sequence,
    data: ':challengedData::jsonb',
    where: ':challengeId::uuid IS NOT NULL',
  });
}
