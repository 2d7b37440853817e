import pg from 'pg';
import { CountersignError, type Actor } from '../../src/index.ts';
import { rightCode } from '../race/call.ts';
import type { OpenPlanted } from '../race/open-side.ts';
import type { NaiveRow } from './tables.ts';

export interface NaiveCreate {
  readonly slug: string;
  readonly subjectId?: string;
  readonly sessionId?: string | null;
  readonly data?: unknown;
  readonly expiresInSeconds?: number;
}

export interface NaiveGrant {
  readonly id: string;
  readonly proof: { readonly code: string };
}

export interface NaiveConsume {
  readonly id: string;
  readonly slug: string;
  readonly subjectId: string;
  readonly sessionId?: string | null;
  readonly data?: unknown;
}

/** Those commands that the bug is in, with the inputs and refusals of core. */
interface NaiveCommands {
  grant?(input: NaiveGrant, actor: Actor): Promise<{ granted: boolean; request?: { id: string } }>;
  get?(input: { readonly id: string }, actor: Actor): Promise<unknown>;
  consume?(input: NaiveConsume): Promise<unknown>;
}

export interface Naive {
  readonly sql: pg.Pool;
  readonly secret: string;
  now(): Date;
  read(id: string): Promise<NaiveRow>;
}

/** A naive version over one pool. Its `create` is harmless; what is wrong is in `make`. */
export function naiveSide(make: (naive: Naive) => NaiveCommands): OpenPlanted {
  return ({ databaseUrl, connections, secret, now }) => {
    const sql = new pg.Pool({ connectionString: databaseUrl, max: connections, idleTimeoutMillis: 500 });
    sql.on('connect', (client) => client.on('error', () => undefined)); // the database may go first
    const commands = make({ sql, secret, now, read: (id) => read(sql, id) });
    return {
      async run(command, input, actor) {
        switch (command) {
          case 'create':
            return await create(sql, input as NaiveCreate, now());
          case 'grant':
            return await commands.grant?.(input as NaiveGrant, actor);
          case 'get':
            return await commands.get?.(input as { id: string }, actor);
          case 'consume':
            return await commands.consume?.(input as NaiveConsume);
          case 'challenge':
          case 'check':
          case 'deny':
          case 'cancel':
          case 'reset':
          case 'sweep':
            throw new Error(`this naive version cannot ${command}`);
        }
      },
      close: () => sql.end(),
    };
  };
}

async function create(sql: pg.Pool, input: NaiveCreate, now: Date): Promise<{ id: string }> {
  const expiresAt = new Date(now.getTime() + (input.expiresInSeconds ?? 300) * 1000);
  const { rows } = await sql.query<{ id: string }>(
    'INSERT INTO naive.request (subject_id, session_id, slug, data, code, expires_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id',
    [input.subjectId, input.sessionId, input.slug, JSON.stringify(input.data ?? null), rightCode, expiresAt],
  );
  const [row] = rows;
  if (!row) throw new Error('nothing was inserted');
  return row;
}

async function read(sql: pg.Pool, id: string): Promise<NaiveRow> {
  const { rows } = await sql.query<NaiveRow>('SELECT * FROM naive.request WHERE id = $1', [id]);
  const [row] = rows;
  if (!row) throw new CountersignError('not_found');
  return row;
}

/** Spends an attempt in one conditional statement, as it should be; the new row, or a refusal. */
export async function spendAttempt(sql: pg.Pool, id: string): Promise<NaiveRow> {
  const { rows } = await sql.query<NaiveRow>(
    `UPDATE naive.request SET attempts_left = attempts_left - 1, version = version + 1
     WHERE id = $1 AND state = 'waiting' AND attempts_left > 0 RETURNING *`,
    [id],
  );
  const [row] = rows;
  if (!row) throw new CountersignError('attempts_exhausted');
  return row;
}
