import { timeByNow, without } from '../../database/sql.ts';
import {
  lockEvents,
  lockedColumns,
  noteLocks,
  type Locked,
  type LockParameters,
} from '../../challenge/lock-note.ts';
import { statement } from '../../database/statement.ts';
import { advanceLog, appendEvents, requestEvent, type EventParameters } from '../../event/append.ts';
import type { RequestWithChallenge } from '../row.ts';
import { newestChallenge } from './newest-challenge.ts';

export interface WrongParameters extends EventParameters, LockParameters {
  readonly id: string;
  readonly command: 'check' | 'grant';
  readonly failedEventId: string;
  readonly deniedEventId: string;
}

interface WrongRow extends RequestWithChallenge, Locked {
  /** Whether this wrong answer denied it. */
  readonly last: boolean;
}

/**
 * A wrong answer, written whatever the request has become meanwhile. It denies the request when no attempt
 * is left, none is still being judged, and it has not expired while this one waited for it. The row is locked first
 * so that "did this one deny it?" is a column and not a guess; `last` is asked after, for the time (see `inTime`).
 */
export const settleWrong = statement<WrongParameters, WrongRow>(
  'request_wrong',
  /* sql */ `
WITH held AS (
  SELECT r.id, r.expires_at, (r.state = 'waiting' AND r.attempts_left = 0 AND r.attempts_open <= 1) AS exhausts
  FROM countersign.authorization_request r WHERE r.id = :id::uuid FOR NO KEY UPDATE
), locked AS (
  SELECT h.id, (h.exhausts AND h.expires_at > ${timeByNow}) AS last FROM held h
), judged AS (
  UPDATE countersign.authorization_request r
  SET ${advanceLog}, sequence = r.sequence + CASE WHEN locked.last THEN 2 ELSE 1 END,
    attempts_open = greatest(r.attempts_open - 1, 0),
    checked = NULL,
    state = CASE WHEN locked.last THEN 'denied' ELSE r.state END,
    reason = CASE WHEN locked.last THEN 'attempts_exhausted' ELSE r.reason END,
    generation = CASE WHEN locked.last THEN r.generation + 1 ELSE r.generation END,
    decided_at = CASE WHEN locked.last THEN :now::timestamptz ELSE r.decided_at END
  FROM locked WHERE r.id = locked.id
  RETURNING r.*, locked.last
), ${noteLocks({
    assignments: `waiting_until = CASE WHEN judged.last THEN ${without('s.waiting_until', 'judged.expires_at')} ELSE s.waiting_until END,
    prompts = CASE WHEN judged.last THEN s.prompts - judged.id::text ELSE s.prompts END`,
    when: 'judged.last',
  })}, logged AS (${appendEvents(
    requestEvent({
      type: 'authorization_request.check_failed',
      id: ':failedEventId::uuid',
      from: 'judged',
      sequence: 'CASE WHEN r.last THEN r.sequence - 1 ELSE r.sequence END',
      data: `'method', :method::text, 'command', :command::text, 'attemptsLeft', r.attempts_left, 'by', :by::text`,
    }),
    requestEvent({
      type: 'authorization_request.denied',
      id: ':deniedEventId::uuid',
      from: 'judged',
      sequence: 'r.sequence',
      data: `'reason', r.reason, 'by', 'system'`,
      where: 'r.last',
    }),
    ...lockEvents,
  )}
)
SELECT r.*, ${lockedColumns}, ${newestChallenge} FROM judged r`,
);
