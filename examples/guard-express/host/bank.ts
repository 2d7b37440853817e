import {
  createCountersign,
  otp,
  type Countersign,
  type CountersignOptions,
  type Send,
} from '@countersign/server';
import pg from 'pg';
import { transfer } from './operations.ts';

/** What the bank runs on: one database for its ledger and for Countersign, so that one transaction spans both. */
export interface Bank extends AsyncDisposable {
  readonly cs: Countersign;
  readonly pool: pg.Pool;
  /** Whose a session is. */
  readonly sessions: Map<string, string>;
  transaction<Result>(work: (tx: pg.PoolClient) => Promise<Result>): Promise<Result>;
}

export type BankOptions = Pick<CountersignOptions, 'secret'> & {
  readonly database: string;
  /** The carrier of e-mail. */
  readonly send: Send;
};

export async function openBank({ database, secret, send }: BankOptions): Promise<Bank> {
  const cs = await createCountersign({
    issuer: 'Acme Bank',
    audience: 'bank.example',
    methods: [
      otp({ send, resolve: ({ subjectId }) => ({ channel: 'email', address: `${subjectId}@example.org` }) }),
    ],
    operations: { transfer },
    database,
    secret,
  });
  const pool = new pg.Pool({ connectionString: database });
  // An idle connection that PostgreSQL ends is replaced by the next one; unheard, its error would end the process.
  pool.on('error', () => undefined);
  await pool.query(`CREATE SCHEMA bank;
    CREATE TABLE bank.account (owner text PRIMARY KEY, balance_cents integer NOT NULL CHECK (balance_cents >= 0));
    CREATE TABLE bank.payment (authorized_by text PRIMARY KEY, owner text, "to" text, amount_cents integer);`);
  return {
    cs,
    pool,
    sessions: new Map(),
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const result = await work(client);
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      } finally {
        client.release();
      }
    },
    async [Symbol.asyncDispose]() {
      await pool.end();
      await cs.close();
    },
  };
}
