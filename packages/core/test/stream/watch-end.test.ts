import { expect, it } from 'vitest';
import type { RequestRow } from '../../src/authorization-request/row.ts';
import { endAfter, endOf, over } from '../../src/authorization-request/watch-end.ts';
import { eventTypes, type EventType } from '../../src/index.ts';

const at = (time: string) => new Date(`2026-01-01T${time}Z`);
const row = (changes: Partial<RequestRow>): RequestRow =>
  ({
    state: 'waiting',
    expires_at: at('10:05:00'),
    execute_before: null,
    consumed_at: null,
    decided_at: null,
    ...changes,
  }) as RequestRow;
const granted = { state: 'granted', execute_before: at('10:10:00') } as const;

it.each([
  ['waiting: five seconds after its expiry, when somebody must have written it', row({}), at('10:05:05')],
  ['granted: the end of its execution window', row(granted), at('10:10:00')],
  ['consumed: over', row({ ...granted, consumed_at: at('10:06:00') }), over],
  ['denied: over', row({ state: 'denied', decided_at: at('10:04:00') }), over],
  ['cancelled: over', row({ state: 'cancelled', decided_at: at('10:04:00') }), over],
  ['expired: over', row({ state: 'expired', decided_at: at('10:05:00') }), over],
])('the end of a watch of a request that is %s', (_, request, end) => {
  expect(endOf(request)).toEqual(end);
});

it('moves with a reset and a grant, is there with a decision, and is left alone by every other event', () => {
  const data = { expiresAt: at('10:20:00').toISOString(), executeBefore: at('10:30:00').toISOString() };
  const moved = eventTypes.flatMap((type) => {
    const end = endAfter({ type, data });
    return end === null ? [] : [[type, end]];
  });
  expect(Object.fromEntries(moved)).toEqual({
    'authorization_request.granted': at('10:30:00'),
    'authorization_request.reset': at('10:20:05'),
    'authorization_request.denied': over,
    'authorization_request.cancelled': over,
    'authorization_request.expired': over,
    'authorization_request.consumed': over,
  });
  expect(endAfter({ type: 'authorization_request.escalated' as EventType, data })).toBeNull();
});
