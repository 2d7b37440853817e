import type { RequestRow } from './row.ts';
import type { Snapshot } from './state.ts';

/** The part of a row that the state machine decides on. */
export function snapshotOf(row: RequestRow): Snapshot {
  return {
    state: row.state,
    reason: row.reason,
    attemptsLeft: row.attempts_left,
    attemptsOpen: row.attempts_open,
    generation: row.generation,
    sequence: row.sequence,
    sendsLeft: row.sends_left,
    challengesLeft: row.challenges_left,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    executeWithinSeconds: row.execute_within_seconds,
    executeBefore: row.execute_before,
    consumedAt: row.consumed_at,
  };
}
