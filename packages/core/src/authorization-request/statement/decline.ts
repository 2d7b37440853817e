import { without } from '../../database/sql.ts';
import { statement } from '../../database/statement.ts';
import { advanceLog, appendEvents, requestEvent, type EventParameters } from '../../event/append.ts';
import type { RequestRow } from '../row.ts';
import { visibleTo, type ViewerParameters } from './visible.ts';

export interface DeclineParameters extends EventParameters, ViewerParameters {
  readonly id: string;
  readonly eventId: string;
}

/** A decision that needs no proof: one statement, conditional on the request still waiting. */
function decline(state: 'denied' | 'cancelled', reason: string, data: string): string {
  return /* sql */ `
WITH decided AS (
  UPDATE countersign.authorization_request r
  SET state = '${state}', reason = ${reason}, generation = r.generation + 1, ${advanceLog}, sequence = r.sequence + 1, checked = NULL,
    decided_at = :now::timestamptz
  WHERE r.id = :id::uuid AND ${visibleTo} AND r.state = 'waiting' AND r.expires_at > :now::timestamptz
  RETURNING r.*
), settled AS (
  UPDATE countersign.subject_security s SET waiting_until = ${without('s.waiting_until', 'decided.expires_at')}
  FROM decided WHERE s.subject_id = decided.subject_id
), logged AS (${appendEvents(
    requestEvent({
      type: `authorization_request.${state}`,
      id: ':eventId::uuid',
      from: 'decided',
      sequence: 'r.sequence',
      data,
    }),
  )}
)
SELECT * FROM decided`;
}

export const denyRequest = statement<
  DeclineParameters & { readonly reason: 'declined' | 'not_me' },
  RequestRow
>('request_deny', decline('denied', ':reason::text', `'reason', r.reason, 'by', :by::text`));

export const cancelRequest = statement<DeclineParameters, RequestRow>(
  'request_cancel',
  decline('cancelled', 'NULL', `'by', :by::text`),
);
