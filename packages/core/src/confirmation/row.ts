import type { ChallengeRow } from '../challenge/row.ts';
import { formatId } from '../id.ts';
import type { VerifyInput } from '../method/define.ts';
import { confirmationSlug, enrolmentPurpose } from './purpose.ts';
import type { Snapshot, StoredState } from './state.ts';

/** A row of `countersign.confirmation`. */
export interface ConfirmationRow {
  readonly id: string;
  readonly subject_id: string | null;
  readonly budget_key: string;
  readonly method: string;
  readonly method_id: string;
  readonly factor_id: string | null;
  readonly purpose: string | null;
  readonly data: unknown;
  readonly value_hash: Buffer | null;
  readonly data_hash: Buffer;
  readonly display_hash: Buffer;
  readonly title: string;
  readonly state: StoredState;
  readonly generation: number;
  readonly sequence: number;
  readonly attempts_max: number;
  readonly attempts_left: number;
  readonly attempts_open: number;
  readonly attempted_at: Date | null;
  readonly challenge_id: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly confirmed_at: Date | null;
  readonly used_at: Date | null;
}

/** With its challenge, if any. */
export interface ConfirmationWithChallenge extends ConfirmationRow {
  readonly challenge: ChallengeRow | null;
}

/** The part of a row that the state machine decides on. */
export function snapshotOf(row: ConfirmationRow): Snapshot {
  return {
    state: row.state,
    isBegun: row.challenge_id !== null || row.attempted_at !== null,
    attemptsLeft: row.attempts_left,
    attemptsOpen: row.attempts_open,
    sequence: row.sequence,
    expiresAt: row.expires_at,
  };
}

/** What a method is told that judges a proof. */
export function judgedRequestOf(
  row: Pick<ConfirmationRow, 'id' | 'subject_id' | 'purpose' | 'data_hash' | 'display_hash'>,
): VerifyInput['request'] {
  const isEnrolment = row.purpose === enrolmentPurpose;
  return {
    kind: isEnrolment ? 'enrolment' : 'confirmation',
    id: formatId('confirmation', row.id),
    slug: isEnrolment ? enrolmentPurpose : confirmationSlug,
    subjectId: row.subject_id,
    dataHash: row.data_hash.toString('base64url'),
    displayHash: row.display_hash.toString('base64url'),
  };
}
