import { CountersignError } from '@countersign/core';
import { SettingsError } from '../settings/settings-error.ts';
import { redactLine } from '../log/redact.ts';
import { databaseWords } from './database-words.ts';
import { StartError } from './start-error.ts';

/** Why a command ended, for the person at the terminal: a sentence where one was foreseen, else all there is. */
export function explain(error: unknown): string {
  return redactLine(sentence(error));
}

function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // By name, so that the embedded PostgreSQL is not loaded for a command that never used it.
  if (error instanceof SettingsError || error instanceof StartError || error.name === 'EmbeddedPostgresError')
    return error.message;
  const words = databaseWords(error);
  if (words !== null) return words;
  const code = databaseCode(error);
  if (
    code !== undefined ||
    (error instanceof CountersignError && error.reason === 'unavailable_dependency')
  ) {
    const cause = code ?? causeOf(error);
    if (cause.includes('countersign migrate')) return `The database cannot be used: ${cause}.`;
    return `The database cannot be used (${cause}). Check DATABASE_URL, or --db, and that PostgreSQL runs.`;
  }
  if (error instanceof CountersignError && error.reason !== 'internal') return error.message;
  return error.stack ?? error.message;
}

/** A connection that failed, or the SQLSTATE of one that was refused: unknown role or database, full server. */
export function databaseCode(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code, syscall } = current as NodeJS.ErrnoException;
    if (code !== undefined && (syscall === 'connect' || syscall === 'getaddrinfo')) return code;
    if (/^(?:08|28|3D|53|57)[0-9A-Z]{3}$/.test(code ?? '')) return code;
  }
  return undefined;
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error ? cause.message : 'it is away';
}
