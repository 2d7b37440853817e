import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { TestDatabase } from '../../testing/index.ts';

/** A host in another language, as the database sees it: a role of its own, with the two rights of the guide. */
export interface HostRole extends AsyncDisposable {
  readonly name: string;
  readonly pool: pg.Pool;
  /** A connection of its own, for transactions; ended with the role. */
  connect(): Promise<pg.Client>;
}

/** @param rights statements with `HOST` for the role; default the two of the guide. */
export async function createHostRole(
  { url, sql }: TestDatabase,
  rights: readonly string[] = [
    'GRANT USAGE ON SCHEMA countersign TO HOST',
    'GRANT EXECUTE ON FUNCTION countersign.consume TO HOST',
  ],
): Promise<HostRole> {
  const name = `host_${randomBytes(6).toString('hex')}`;
  await sql.query(`CREATE ROLE ${name} LOGIN`);
  // A schema of its own: where a host keeps its tables, and a hostile one its functions.
  await sql.query(`CREATE SCHEMA ${name} AUTHORIZATION ${name}`);
  for (const right of rights) await sql.query(right.replace('HOST', name));
  const own = new URL(url);
  own.username = name;
  const pool = new pg.Pool({ connectionString: own.href, max: 40 });
  const clients: pg.Client[] = [];
  return {
    name,
    pool,
    async connect() {
      const client = new pg.Client({ connectionString: own.href });
      await client.connect();
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.end()));
      await pool.end();
      await sql.query(`DROP OWNED BY ${name} CASCADE`);
      await sql.query(`DROP ROLE ${name}`);
    },
  };
}

/** What the function is told; `data` as JSON text. */
export interface SqlConsumption {
  readonly id: string | null;
  readonly slug?: string | null;
  readonly subjectId?: string | null;
  readonly sessionId?: string | null;
  readonly data?: string | null;
}

/** The receipt as a driver hands it over. */
export interface SqlReceipt {
  readonly authorization_request_id: string;
  readonly slug: string;
  readonly subject_id: string;
  readonly session_id: string | null;
  readonly data_hash: string;
  readonly display_hash: string;
  readonly binding: string;
  readonly granted_at: Date;
  readonly consumed_at: Date;
}

export const transferText = '{"to": "GB29", "amountCents": 250000}';

/** Calls the function by the names of its parameters, as the guide does. */
export async function consumeInSql(
  client: Pick<pg.ClientBase, 'query'>,
  { id, slug = 'transfer', subjectId = 'ada', sessionId = null, data = transferText }: SqlConsumption,
  name = 'countersign.consume',
): Promise<SqlReceipt> {
  const { rows } = await client.query<SqlReceipt>(
    `SELECT * FROM ${name}(id => $1, slug => $2, subject_id => $3, session_id => $4, data => $5::jsonb)`,
    [id, slug, subjectId, sessionId, data],
  );
  const [receipt] = rows;
  if (!receipt || rows.length > 1) throw new Error(`${rows.length} receipts`);
  return receipt;
}

/** `consumed`, or what a driver can branch on: `CS102 data_mismatch`. */
export async function verdictOf(consuming: Promise<unknown>): Promise<string> {
  return await consuming.then(
    () => 'consumed',
    (error: unknown) => {
      if (error instanceof pg.DatabaseError) return `${error.code ?? ''} ${error.message}`;
      throw error;
    },
  );
}
