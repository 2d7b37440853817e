import type { EventRow } from '../../src/event/row.ts';

/** The nth row of a made-up log: transactions of one to four digits, several events in some, a new epoch at each 40. */
export function nthRow(n: number, changes: Partial<EventRow> = {}): EventRow {
  return {
    epoch: 1 + Math.floor(n / 40),
    txid: String(7 + Math.floor(n / 3) * 13),
    id: `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
    type: 'authorization_request.created',
    occurred_at: new Date(1_800_000_000_000 + n),
    subject_id: `subject-${n % 5}`,
    session_id: null,
    slug: 'transfer',
    about_kind: 'authorization_request',
    about_id: '00000000-0000-7000-8000-000000000000',
    sequence: 1 + (n % 3),
    data: { n },
    context: null,
    ...changes,
  };
}
