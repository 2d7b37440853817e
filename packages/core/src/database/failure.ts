import { CountersignError } from '../error.ts';

/** SQLSTATE of an error that came from PostgreSQL; undefined for anything else. */
function sqlState(error: unknown): string | undefined {
  const code: unknown = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** What the driver said. */
function originOf(error: unknown): unknown {
  return error instanceof CountersignError ? error.cause : error;
}

export function isLockTimeout(error: unknown): boolean {
  return sqlState(originOf(error)) === '55P03';
}

/** Nothing came back in time: the connection may be half open, and nothing more is to be asked over it. */
export function isUnanswered(error: unknown): boolean {
  const origin = originOf(error);
  return origin instanceof Error && origin.message === 'Query read timeout';
}

/** A statement in a transaction that an earlier one has ended (`in_failed_sql_transaction`). */
export function isFailedTransaction(error: unknown): boolean {
  return sqlState(error) === '25P02';
}

/** The database takes no writes: a standby, such as the primary of before a failover. */
export function isReadOnly(error: unknown): boolean {
  return sqlState(originOf(error)) === '25006';
}

/**
 * A table was changed, by a newer node, under a statement that is prepared to answer with other columns. Known by the
 * routine: the code says of much else too that it is not supported, and the message is in the language of the server.
 */
export function isOutdatedPlan(error: unknown): boolean {
  return sqlState(error) === '0A000' && (error as { routine?: unknown }).routine === 'RevalidateCachedQuery';
}

/** Classes of SQLSTATE that say the database is away, not that a statement is wrong (PostgreSQL 18, appendix A). */
const awayClasses = new Set(['08', '53', '57', '58']);
const awayCodes = new Set([
  '25006',
  '25P03',
  '25P04',
  '55P03',
  '40P01',
  '40001',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
]);
const awayMessages =
  /^(Query read timeout|Connection terminated|timeout exceeded when trying to connect|Client was closed|Client has encountered|Cannot use a pool after)/;

/**
 * A database that is away, overloaded, too slow or read-only is `unavailable_dependency`: nothing was decided, or it
 * was and the answer was lost; an idempotency key tells which. So is one that is being brought up to date under an open
 * transaction. Everything else is passed on as it is.
 */
export function awayError(error: unknown): unknown {
  const code = sqlState(error);
  const away =
    (code !== undefined && (awayCodes.has(code) || awayClasses.has(code.slice(0, 2)))) ||
    isOutdatedPlan(error) ||
    (error instanceof Error && awayMessages.test(error.message));
  return away ? new CountersignError('unavailable_dependency', { cause: error }) : error;
}
