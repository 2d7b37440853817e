import { isTooFarAhead } from '../clock-ahead.ts';
import type { CoreServices } from '../context.ts';
import type { Executor } from '../database/executor.ts';
import { tryNotifications, type Hearing } from './notifications.ts';
import { readEpoch, readOldestEvent, readTables, type TableRow } from './statement/growth.ts';
import {
  readIdleSlots,
  readOpenTransactions,
  readPreparedTransactions,
  type OpenTransactionRow,
  type PreparedTransactionRow,
  type SlotRow,
} from './statement/horizon.ts';
import { readSealed, type SealedRow } from './statement/sealed.ts';
import { readServer, type ServerRow } from './statement/server.ts';

/** What there is to know of an installation when something is wrong with it. Nothing of it is a secret. */
export interface Diagnosis {
  readonly server: ServerRow;
  /** Of the pool of this process. */
  readonly poolMax: number;
  /** By how much the clock of the database is ahead of that of this process. */
  readonly clockAheadMilliseconds: number;
  /** Whether that of this process is so far ahead that it deletes nothing. */
  readonly isTooFarAhead: boolean;
  readonly epoch: number;
  /** Longest open first; the log waits for them. Null where the database does not tell this role. */
  readonly openTransactions: readonly OpenTransactionRow[] | null;
  readonly preparedTransactions: readonly PreparedTransactionRow[] | null;
  readonly idleSlots: readonly SlotRow[] | null;
  /** Null where that took too long: it reads every factor. */
  readonly sealed: readonly Sealed[] | null;
  /** Null while somebody holds a lock on one of them that lets nobody look. */
  readonly tables: readonly TableRow[] | null;
  readonly oldestEventAt: Date | null;
  readonly notifications: Hearing;
}

/** How much of something stands under which secret. */
export interface Sealed extends Pick<SealedRow, 'what' | 'count'> {
  /** `active`; `previous`: that one is still needed; `unknown`: nobody can open it. */
  readonly by: 'active' | 'previous' | 'unknown';
}

/**
 * Asks everything that is cheap or asked by hand. How the log, subscribers and webhooks stand is `takeFigures`.
 *
 * @throws CountersignError `unavailable_dependency` while the database is away.
 */
export async function diagnose(
  services: Pick<CoreServices, 'clock' | 'database' | 'keys' | 'randomness'>,
): Promise<Diagnosis> {
  const { clock, database } = services;
  const { pool } = database;
  await pool.query(readEpoch, {}); // Connecting is no part of the time that a question takes.
  const askedAt = clock.now().getTime();
  const [server] = await pool.query(readServer, {});
  const answeredAt = clock.now().getTime();
  const [installation] = await pool.query(readEpoch, {});
  if (!server || !installation) throw new Error('the installation row is missing');
  const clockAheadMilliseconds = Math.round(server.now.getTime() - (askedAt + answeredAt) / 2);
  const sealed = await unlessLate(pool.query(readSealed, { now: clock.now() }));
  const [oldest] = await pool.query(readOldestEvent, {});
  return {
    server,
    poolMax: database.connections().max,
    clockAheadMilliseconds,
    isTooFarAhead: isTooFarAhead(clock, -clockAheadMilliseconds),
    epoch: installation.epoch,
    openTransactions: await ifAllowed(pool, readOpenTransactions),
    preparedTransactions: await ifAllowed(pool, readPreparedTransactions),
    idleSlots: await ifAllowed(pool, readIdleSlots),
    sealed: sealed && sealedBySecret(services, sealed),
    tables: await unlessLate(pool.query(readTables, {})),
    oldestEventAt: oldest?.occurredAt ?? null,
    notifications: await tryNotifications(services),
  };
}

function sealedBySecret({ keys }: Pick<CoreServices, 'keys'>, rows: readonly SealedRow[]): Sealed[] {
  const purpose = 'factor'; // A secret has one name, whatever its keys are for.
  return rows.map(({ what, keyId, count }) => {
    const isKnown = keys.byId(purpose, keyId) !== undefined;
    const by = keyId === keys.active(purpose).id ? 'active' : isKnown ? 'previous' : 'unknown';
    return { what, count, by };
  });
}

/** Some who run databases for others take views of the system away (`insufficient_privilege`). */
async function ifAllowed<Row>(
  pool: Executor,
  asked: Parameters<typeof pool.query<object, Row>>[0],
): Promise<Row[] | null> {
  try {
    return await pool.query(asked, {});
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === '42501') return null;
    throw error;
  }
}

/** What ran into the time that a statement or its locks have (`query_canceled`, `lock_not_available`). */
async function unlessLate<Row>(asked: Promise<Row[]>): Promise<Row[] | null> {
  try {
    return await asked;
  } catch (error) {
    const { cause } = error as { readonly cause?: { readonly code?: unknown } };
    if (cause?.code === '57014' || cause?.code === '55P03') return null;
    throw error;
  }
}
