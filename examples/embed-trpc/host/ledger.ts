import { defineEntity, p } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/postgresql';
import { customers } from './customer.ts';

export const Account = defineEntity({
  name: 'Account',
  tableName: 'account',
  properties: { owner: p.text().primary(), balanceCents: p.integer() },
});

export const Payment = defineEntity({
  name: 'Payment',
  tableName: 'payment',
  properties: {
    id: p.uuid().primary(),
    owner: p.text(),
    to: p.text(),
    amountCents: p.integer(),
    authorizationRequestId: p.text().unique(),
  },
});

/** The bank's own entities, in the same database as Countersign's and in a schema of their own. */
export async function openLedger(database: string): Promise<MikroORM> {
  const orm = await MikroORM.init({
    clientUrl: database,
    driverOptions: { connectionString: database },
    entities: [Account, Payment],
    schema: 'bank',
    ensureDatabase: false,
    // Its schema generator and migrations would drop whatever they do not know.
    schemaGenerator: { ignoreSchema: ['countersign'] },
  });
  await orm.em.execute(tables);
  const accounts = Object.keys(customers).map((owner) => ({ owner, balanceCents: 1_000_000 }));
  await orm.em.fork().upsertMany(Account, accounts, { onConflictAction: 'ignore' });
  return orm;
}

const tables = `
CREATE SCHEMA IF NOT EXISTS bank;
CREATE TABLE IF NOT EXISTS bank.account (
  owner text PRIMARY KEY,
  balance_cents integer NOT NULL CHECK (balance_cents >= 0)
);
CREATE TABLE IF NOT EXISTS bank.payment (
  id uuid PRIMARY KEY,
  owner text NOT NULL REFERENCES bank.account,
  "to" text NOT NULL,
  amount_cents integer NOT NULL CHECK (amount_cents > 0),
  authorization_request_id text NOT NULL UNIQUE
);`;
