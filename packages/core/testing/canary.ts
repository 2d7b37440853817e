import type { Pool } from 'pg';
import type { Logger } from '../src/ports.ts';

/** What a scoped token, a service key or the secret of a webhook looks like: the beginning is enough to be one too many. */
const credential = /\bcst1\.[a-z0-9]{1,16}\.[A-Za-z0-9_-]{32}|\bcsk_[!-~]{32}|\bwhsec_[A-Za-z0-9+/]{24}/;
const credentialInSql = String.raw`cst1\.[a-z0-9]{1,16}\.[A-Za-z0-9_-]{32}|csk_[!-~]{32}|whsec_[A-Za-z0-9+/]{24}`;

/** What has no form that tells it: seeds, secrets of devices, recovery codes. */
const planted = new Set<string>();

/**
 * From now on everything that is looked through, in this file's tests, is looked through for this too. Returns it.
 *
 * @example
 * ```ts
 * const { setup } = await core.factors.create(service, { subjectId: 'ada', methodId: 'totp' });
 * plant((setup as { secret: string }).secret);
 * ```
 */
export function plant(secret: string): string {
  if (!/^[A-Za-z0-9_-]{16,}$/.test(secret)) throw new Error('a canary is 16 letters and digits or more');
  planted.add(secret);
  return secret;
}

function isCredential(text: string): boolean {
  return credential.test(text) || [...planted].some((secret) => text.includes(secret));
}

/** As a text, and as the bytes of it. */
function spellingsInSql(): string {
  const secrets = [...planted].flatMap((secret) => [secret, Buffer.from(secret).toString('hex')]);
  return [credentialInSql, ...secrets].join('|');
}

export class LeakedCredentialError extends Error {
  override readonly name = 'LeakedCredentialError';
}

export interface CanaryLogger extends Logger {
  /** @throws LeakedCredentialError naming the first line that had a credential in it. */
  assertClean(): void;
}

/** Writes nothing, and remembers what should never have been written. Every core of a test logs to one. */
export function createCanaryLogger(): CanaryLogger {
  const leaks: string[] = [];
  const look = (fields: object, message: string) => {
    const line = `${message} ${textOf(fields)}`;
    if (isCredential(line)) leaks.push(line);
  };
  return {
    debug: look,
    info: look,
    warn: look,
    error: look,
    assertClean() {
      if (leaks.length > 0) throw new LeakedCredentialError(`a credential was logged: ${leaks[0]}`);
    },
  };
}

/** @throws LeakedCredentialError when one of these texts has a credential in it. */
export function assertNoCredential(what: string, texts: readonly string[]): void {
  const leak = texts.find(isCredential);
  if (leak !== undefined) throw new LeakedCredentialError(`a credential is in ${what}: ${leak}`);
}

/**
 * Looks into every row of every table. Every database of a test is looked through before it is dropped.
 *
 * @throws LeakedCredentialError naming the tables that hold a credential.
 */
export async function assertNoCredentialAtRest(sql: Pool): Promise<void> {
  const { rows: tables } = await sql.query<{ name: string }>(
    "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'countersign'",
  );
  if (tables.length === 0) return;
  const spellings = spellingsInSql();
  const each = tables.map(
    ({ name }) =>
      `SELECT '${name}' AS name WHERE EXISTS (SELECT FROM countersign.${name} t WHERE t::text ~ '${spellings}')`,
  );
  const { rows: found } = await sql.query<{ name: string }>(each.join(' UNION ALL '));
  if (found.length > 0)
    throw new LeakedCredentialError(`a credential is at rest in ${found.map(({ name }) => name).join(', ')}`);
}

/** All of it, also what hides in an error and its causes. */
function textOf(value: unknown, depthLeft = 6): string {
  if (value instanceof Error)
    return `${value.message} ${value.stack ?? ''} ${textOf(Object.fromEntries(ownFields(value)), depthLeft - 1)}`;
  if (typeof value !== 'object' || value === null || depthLeft === 0) return String(value);
  return Object.entries(value)
    .map(([name, field]) => `${name} ${textOf(field, depthLeft - 1)}`)
    .join(' ');
}

/** What a driver adds, and the cause, which is not enumerable. */
function ownFields(error: Error): [string, unknown][] {
  return [...Object.entries(error), ['cause', error.cause]];
}
