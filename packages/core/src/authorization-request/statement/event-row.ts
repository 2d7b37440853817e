import { requestEvent } from '../../event/append.ts';

/** The challenge in `issued` as the event of the row in `from`: no challenge, no event. */
export function challengedEvent(issued: string, from: string, sequence: string): string {
  return requestEvent({
    type: 'authorization_request.challenged',
    id: ':challengedEventId::uuid',
    from,
    sequence,
    data: ':challengedData::jsonb',
    where: `EXISTS (SELECT FROM ${issued})`,
  });
}
