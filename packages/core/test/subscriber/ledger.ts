import type pg from 'pg';
import {
  openCore,
  otp,
  type Batch,
  type Clock,
  type Core,
  type DatabaseOptions,
  type EventRow,
  type Subscription,
} from '../../src/index.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';

/** Where subscribers of tests write: a table of a host's in our database, without anything that hides a repetition. */
export async function openLedger(): Promise<TestCore> {
  const test = await openTestCore();
  await test.database.sql.query(
    'CREATE TABLE public.ledger (place serial, subscriber text, event_id uuid, about_id uuid, sequence int, node text)',
  );
  return test;
}

/** A further node on the same database. */
export async function openNode(
  { database, secret, clock, outbox }: Omit<TestCore, 'clock'> & { readonly clock: Clock },
  node: string,
  by: DatabaseOptions = database.url,
): Promise<Core> {
  const methods = [otp({ send: outbox.send })];
  return await openCore({
    database: by,
    secret,
    clock,
    methods,
    migrate: false,
    sweep: false,
    listen: false,
    node,
  });
}

export const everyEvent: Omit<Subscription, 'handle'> = {
  name: 'ledger',
  types: null,
  from: 'start',
  batchSizeMax: 100,
  attemptsMax: 3,
  timeoutSeconds: 5,
};

/** Writes down what it is told, by the transaction of its batch. */
export async function enter(rows: readonly EventRow[], { tx }: Batch, node = 'one'): Promise<void> {
  for (const { id, about_id, sequence } of rows)
    await (tx as pg.ClientBase).query(
      `INSERT INTO public.ledger (subscriber, event_id, about_id, sequence, node) VALUES ('ledger', $1, $2, $3, $4)`,
      [id, about_id, sequence, node],
    );
}

/** What stands in the ledger, and what stands in the log, each in its order. */
export async function compare({ database: { sql } }: TestCore) {
  const ledger = await sql.query<{ event_id: string }>('SELECT event_id FROM public.ledger ORDER BY place');
  const log = await sql.query<{ id: string }>(
    'SELECT id FROM countersign.event ORDER BY epoch, txid, sequence, id',
  );
  return { ledger: ledger.rows.map(({ event_id: id }) => id), log: log.rows.map(({ id }) => id) };
}

/** Until the ledger has as many lines as the log has events. */
export async function untilAllEntered(test: TestCore): Promise<void> {
  await until(async () => {
    const { ledger, log } = await compare(test);
    return ledger.length >= log.length;
  });
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
