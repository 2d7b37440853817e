import { startEmbeddedPostgres } from '@countersign/embedded-postgres';
import { findViolations, type InvariantOptions } from '@countersign/core/testing';
import pg from 'pg';

/** What the tables hold when all servers are gone, read without them. */
export interface Tables extends Counted {
  /** Whether a PostgreSQL was still running on the directory. */
  readonly postgresWasLeft: boolean;
}

export interface Counted {
  readonly requests: number;
  readonly subjects: number;
  readonly events: number;
  readonly keys: number;
  /** Broken invariants of the threat model. */
  readonly violations: readonly string[];
}

const counts = /* sql */ `
SELECT (SELECT count(*) FROM countersign.authorization_request)::int AS requests,
  (SELECT count(DISTINCT subject_id) FROM countersign.authorization_request)::int AS subjects,
  (SELECT count(*) FROM countersign.event WHERE about_kind = 'authorization_request')::int AS events,
  (SELECT count(*) FROM countersign.idempotency_key)::int AS keys`;

export async function readTables(directory: string): Promise<Tables> {
  await using postgres = await startEmbeddedPostgres({ directory });
  const pool = new pg.Pool({ connectionString: postgres.url() });
  try {
    return { ...(await countTables(pool)), postgresWasLeft: postgres.adopted };
  } finally {
    await pool.end();
  }
}

/** @param limits those of the servers, where they are not the usual ones. */
export async function countTables(pool: pg.Pool, limits: InvariantOptions['limits'] = {}): Promise<Counted> {
  const { rows } = await pool.query<Omit<Counted, 'violations'>>(counts);
  return { ...rows[0]!, violations: await findViolations(pool, { now: new Date(), limits }) };
}
