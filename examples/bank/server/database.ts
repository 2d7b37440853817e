import { MikroORM, type Options } from '@mikro-orm/postgresql';
import { Account, Keepsake, Payment, Person, Session } from './entities.ts';

/** On the schema, so that one of the same name which belongs to somebody else is left alone. */
const mark = 'Acme Bank, the demo of Countersign, version 1';
const ours = /^Acme Bank, the demo of Countersign, /;

/**
 * The bank's own tables, in the same database as Countersign's and in a schema of their own.
 *
 * @throws Error when there is a schema `bank` that is not the demo's.
 */
export async function openBankDatabase(database: string | Options): Promise<MikroORM> {
  const given: Options = typeof database === 'string' ? { clientUrl: database } : database;
  const orm = await MikroORM.init({
    ...given,
    entities: [Person, Account, Payment, Session, Keepsake],
    extensions: [],
    schema: 'bank',
    ensureDatabase: false,
    // Its schema generator and migrations would drop whatever they do not know.
    schemaGenerator: { ignoreSchema: ['countersign'] },
    driverOptions: {
      ...(given.clientUrl === undefined ? {} : { connectionString: given.clientUrl }),
      application_name: 'acme-bank',
      lock_timeout: 5000,
      ...(given.driverOptions as object | undefined),
    },
  });
  try {
    await orm.em.transactional(async (em) => {
      await em.execute(`SELECT pg_advisory_xact_lock(hashtext('${mark}'))`);
      const [found] = await em.execute<{ mark: string | null }[]>(
        `SELECT obj_description(oid) AS mark FROM pg_namespace WHERE nspname = 'bank'`,
      );
      if (found?.mark === mark) return;
      if (found !== undefined && !ours.test(found.mark ?? ''))
        throw new Error('the database has a schema "bank" that is not of this demo');
      // That of an earlier version holds nothing that is not made again.
      await em.execute(`DROP SCHEMA IF EXISTS bank CASCADE; ${tables}; COMMENT ON SCHEMA bank IS '${mark}'`);
    });
  } catch (error) {
    await orm.close(true);
    throw error;
  }
  return orm;
}

const tables = `
CREATE SCHEMA bank;
CREATE TABLE bank.person (
  id text PRIMARY KEY,
  email text NOT NULL,
  email_factor_id text
);
CREATE TABLE bank.account (
  id text PRIMARY KEY,
  owner text NOT NULL REFERENCES bank.person,
  balance_cents integer NOT NULL CHECK (balance_cents >= 0),
  closed_at timestamptz
);
CREATE TABLE bank.payment (
  id uuid PRIMARY KEY,
  "from" text REFERENCES bank.account,
  "to" text REFERENCES bank.account,
  payee_name text,
  payee_iban text,
  reference text NOT NULL,
  amount_cents integer NOT NULL CHECK (amount_cents > 0),
  booked_at timestamptz NOT NULL,
  authorization_request_id text UNIQUE,
  CHECK ("from" IS NOT NULL OR "to" IS NOT NULL),
  CHECK ("from" IS DISTINCT FROM "to")
);
CREATE INDEX ON bank.payment ("from", booked_at DESC, id DESC);
CREATE INDEX ON bank.payment ("to", booked_at DESC, id DESC);
CREATE TABLE bank.session (
  id uuid PRIMARY KEY,
  cookie_hash text NOT NULL UNIQUE,
  person text NOT NULL REFERENCES bank.person,
  ends_at timestamptz NOT NULL
);
CREATE TABLE bank.keepsake (
  person text NOT NULL REFERENCES bank.person,
  kind text NOT NULL,
  factor_id text NOT NULL,
  sealed text NOT NULL,
  PRIMARY KEY (person, kind)
)`;
