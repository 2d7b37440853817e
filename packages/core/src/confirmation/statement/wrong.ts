import {
  lockEvents,
  lockedColumns,
  noteLocks,
  type Locked,
  type LockParameters,
} from '../../challenge/lock-note.ts';
import { statement } from '../../database/statement.ts';
import { advanceLog, appendEvents, type EventParameters } from '../../event/append.ts';
import type { ConfirmationWithChallenge } from '../row.ts';
import { challengeOf } from './challenge-of.ts';
import { confirmationEvent } from './confirmation-event.ts';

export interface WrongParameters extends EventParameters, LockParameters {
  readonly id: string;
  readonly eventId: string;
}

/**
 * A wrong answer, written whatever the confirmation has become meanwhile. Its attempt was spent before; what that has
 * locked is told.
 */
export const settleWrong = statement<WrongParameters, ConfirmationWithChallenge & Locked>(
  'confirmation_wrong',
  /* sql */ `
WITH written AS (
  UPDATE countersign.confirmation r SET ${advanceLog}, sequence = r.sequence + 1, attempts_open = greatest(r.attempts_open - 1, 0)
  WHERE r.id = :id::uuid RETURNING r.*
), judged AS (
  SELECT id, budget_key AS subject_id FROM written
), ${noteLocks(null)}, logged AS (${appendEvents(
    confirmationEvent({
      type: 'confirmation.failed',
      id: ':eventId::uuid',
      from: 'written',
      sequence: 'r.sequence',
      data: `'method', r.method, 'attemptsLeft', r.attempts_left`,
    }),
    ...lockEvents,
  )}
)
SELECT r.*, ${lockedColumns}, ${challengeOf} FROM written r`,
);
