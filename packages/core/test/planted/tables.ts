import type pg from 'pg';

/** One table for every naive version: what a first draft of an authorization request looks like. */
export async function plantTables(sql: pg.Pool): Promise<void> {
  await sql.query(/* sql */ `
    CREATE SCHEMA naive;
    CREATE TABLE naive.request (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      subject_id text,
      session_id text,
      slug text NOT NULL,
      data jsonb,
      code text,
      state text NOT NULL DEFAULT 'waiting',
      attempts_left integer NOT NULL DEFAULT 5,
      version integer NOT NULL DEFAULT 1,
      expires_at timestamptz NOT NULL,
      consumed_at timestamptz
    )`);
}

export interface NaiveRow {
  readonly id: string;
  readonly subject_id: string | null;
  readonly session_id: string | null;
  readonly slug: string;
  readonly data: unknown;
  readonly code: string | null;
  readonly state: 'waiting' | 'granted' | 'denied' | 'expired';
  readonly attempts_left: number;
  readonly version: number;
  readonly expires_at: Date;
  readonly consumed_at: Date | null;
}
