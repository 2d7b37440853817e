import { startEmbeddedPostgres } from '@countersign/embedded-postgres';
import { silentLogger } from '@countersign/core';
import { openDatabase } from '../../../core/src/database/orm.ts';
import { findViolations } from '../../../core/testing/invariants.ts';

/** What the tables hold when all servers are gone, read without them. */
export interface Tables {
  /** Whether a PostgreSQL was still running on the directory. */
  readonly postgresWasLeft: boolean;
  readonly requests: number;
  readonly subjects: number;
  readonly events: number;
  readonly keys: number;
  /** Broken invariants of the threat model. */
  readonly violations: readonly string[];
}

type Pool = Parameters<typeof findViolations>[0];

const counts = /* sql */ `
SELECT (SELECT count(*) FROM countersign.authorization_request)::int AS requests,
  (SELECT count(DISTINCT subject_id) FROM countersign.authorization_request)::int AS subjects,
  (SELECT count(*) FROM countersign.event)::int AS events,
  (SELECT count(*) FROM countersign.idempotency_key)::int AS keys`;

export async function readTables(directory: string): Promise<Tables> {
  await using postgres = await startEmbeddedPostgres({ directory });
  const { orm, pool, close } = await openDatabase(postgres.url(), silentLogger);
  try {
    const [found] = await pool.select<Omit<Tables, 'postgresWasLeft' | 'violations'>>(counts, []);
    const connection = orm.em.getConnection() as unknown as { getNativeClient(): Promise<Pool> };
    const violations = await findViolations(await connection.getNativeClient(), { now: new Date() });
    return { ...found!, postgresWasLeft: postgres.adopted, violations };
  } finally {
    await close();
  }
}
