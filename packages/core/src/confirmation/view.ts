import { challengeViewOf, type DigitsOf } from '../challenge/view.ts';
import { formatId } from '../id.ts';
import { snapshotOf, type ConfirmationWithChallenge } from './row.ts';
import type { ConfirmationView } from './schema.ts';
import { statusAt } from './state.ts';

/** What a view depends on beside its row. */
export interface Sight {
  readonly now: Date;
  readonly digits: DigitsOf;
  /** Whether its method is active and its factor, if it has one, in force. */
  readonly isProvable: boolean;
}

/** A confirmation as it leaves core at `now`. What nobody used in time reads as expired, swept or not. */
export function viewOf(row: ConfirmationWithChallenge, sight: Sight): ConfirmationView {
  const status = statusAt(snapshotOf(row), sight.now);
  return {
    id: formatId('confirmation', row.id),
    status,
    isAvailable: status === 'confirmed' && sight.isProvable,
    purpose: row.purpose,
    methodId: formatId('method', row.method_id),
    factorId: row.factor_id === null ? null : formatId('factor', row.factor_id),
    subjectId: row.subject_id,
    data: row.data,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    confirmedAt: row.confirmed_at,
    usedAt: row.used_at,
    attemptsLeft: row.attempts_left,
    challenge: status === 'in_process' ? openChallengeOf(row, sight) : null,
  };
}

function openChallengeOf({ challenge }: ConfirmationWithChallenge, { now, digits }: Sight) {
  if (!challenge || challenge.tries_left === 0 || new Date(challenge.expires_at) <= now) return null;
  return challengeViewOf(challenge, null, digits);
}
