import { defineEntity, MikroORM, p } from '@mikro-orm/postgresql';
import { Kysely, PostgresDialect, type Generated } from 'kysely';
import pg from 'pg';
import type { TransactionHandle } from '../../src/index.ts';

/** What a host does inside its own transaction, and when it changes its mind. */
export interface Payment {
  readonly id: string;
  readonly amountCents: number;
  consume(tx: TransactionHandle): Promise<unknown>;
  /** Runs when both are written and nothing is committed. */
  between(): Promise<void>;
}

/** A host's one transaction: it writes its ledger and uses the grant. */
type Pay = (payment: Payment) => Promise<void>;

/** The three kinds of host that the contract knows. */
export interface Hosts extends AsyncDisposable {
  readonly pay: Readonly<Record<HostName, Pay>>;
}

export const hostNames = ['entity manager', 'kysely', 'pg client'] as const;
export type HostName = (typeof hostNames)[number];

const Ledger = defineEntity({
  name: 'Ledger',
  tableName: 'ledger',
  properties: { id: p.integer().primary(), requestId: p.string(), amountCents: p.integer() },
});

interface Tables {
  ledger: { id: Generated<number>; request_id: string; amount_cents: number };
}

/** The one table of every host. */
export async function plantLedger(sql: pg.Pool): Promise<void> {
  await sql.query(
    'CREATE TABLE ledger (id serial PRIMARY KEY, request_id text NOT NULL, amount_cents integer NOT NULL)',
  );
}

export async function openHosts(url: string, connections = 10): Promise<Hosts> {
  const clients = new pg.Pool({ connectionString: url, max: connections });
  clients.on('connect', (client) => client.on('error', () => undefined)); // some are killed
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [Ledger],
    ensureDatabase: false,
    pool: { min: 0, max: connections },
  });
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: clients }) });
  return {
    pay: {
      'entity manager': ({ id, amountCents, consume, between }) =>
        orm.em.fork().transactional(async (tx) => {
          tx.create(Ledger, { requestId: id, amountCents });
          await consume(tx);
          await tx.flush();
          await between();
        }),
      kysely: ({ id, amountCents, consume, between }) =>
        kysely.transaction().execute(async (tx) => {
          await tx.insertInto('ledger').values({ request_id: id, amount_cents: amountCents }).execute();
          await consume(tx);
          await between();
        }),
      'pg client': (payment) => payByClient(clients, payment),
    },
    async [Symbol.asyncDispose]() {
      await kysely.destroy();
      await orm.close(true);
    },
  };
}

async function payByClient(clients: pg.Pool, { id, amountCents, consume, between }: Payment): Promise<void> {
  const client = await clients.connect();
  let broken = false;
  try {
    await client.query('BEGIN');
    await client.query('INSERT INTO ledger (request_id, amount_cents) VALUES ($1, $2)', [id, amountCents]);
    await consume(client);
    await between();
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => (broken = true));
    throw error;
  } finally {
    client.release(broken);
  }
}
