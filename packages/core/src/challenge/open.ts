import type { OpenChallenge } from './judge.ts';

/** A challenge that can be answered, as a statement selects it beside what it is about; nulls where there is none. */
export interface OpenChallengeRow {
  readonly open_id: string | null;
  readonly open_factor_id: string | null;
  readonly open_factor_renewals: number | null;
  readonly open_digest: Buffer | null;
  readonly open_key_id: string | null;
  readonly open_digits: number | null;
  readonly open_options: unknown;
  readonly open_state: unknown;
  readonly open_expires_at: Date | null;
  readonly open_created_at: Date | null;
}

/** Of the row `c` of `countersign.challenge`. */
export const openColumns = `c.id AS open_id, c.factor_id AS open_factor_id, c.factor_renewals AS open_factor_renewals, c.digest AS open_digest,
  c.key_id AS open_key_id, c.digits AS open_digits, c.options AS open_options, c.state AS open_state, c.expires_at AS open_expires_at,
  c.created_at AS open_created_at`;

export function openChallengeOf(row: OpenChallengeRow): OpenChallenge | null {
  if (row.open_id === null || row.open_expires_at === null) return null;
  return {
    id: row.open_id,
    factorId: row.open_factor_id,
    factorRenewals: row.open_factor_renewals,
    digest: row.open_digest,
    keyId: row.open_key_id,
    digits: row.open_digits ?? 0,
    options: row.open_options,
    state: row.open_state,
    expiresAt: row.open_expires_at,
  };
}
