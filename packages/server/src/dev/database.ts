import type { DatabaseOptions } from '@countersign/core';
import { relative } from 'node:path';
import type { Report } from '../cli/report.ts';
import type { Shutdown } from '../cli/shutdown.ts';

export interface DevDatabase {
  readonly options: DatabaseOptions;
  /** For the person: what it is and where. */
  readonly text: string;
  readonly kind: 'external' | 'embedded' | 'temporary';
  /** Where a development server keeps its keys beside this database. */
  readonly keyDirectory: string;
}

const ownDirectory = '.countersign';

/** The database of a development server: the one that was named, or a real PostgreSQL of its own. */
export async function openDevDatabase(
  database: DatabaseOptions,
  shutdown: Shutdown,
  report: Report,
): Promise<DevDatabase> {
  if (typeof database !== 'string' || /^postgres(?:ql)?:\/\//.test(database)) {
    return {
      options: database,
      text: 'PostgreSQL, the one of your setting',
      kind: 'external',
      keyDirectory: ownDirectory,
    };
  }
  // Loaded only here: with DATABASE_URL set nothing of it is needed.
  const { startEmbeddedPostgres, startTemporaryPostgres } = await import('@countersign/embedded-postgres');
  const temporary = database === 'temporary';
  const postgres = await shutdown.own(
    temporary
      ? startTemporaryPostgres({ onLog: report.note })
      : startEmbeddedPostgres({ directory: database, onLog: report.note }),
    (one) => one.stop(),
  );
  const name = `embedded PostgreSQL ${postgres.version}`;
  return temporary
    ? {
        options: postgres.url(),
        text: `${name}  temporary, gone at the end`,
        kind: 'temporary',
        keyDirectory: postgres.directory,
      }
    : {
        options: postgres.url(),
        text: `${name}  ${shown(postgres.directory)}`,
        kind: 'embedded',
        keyDirectory: ownDirectory,
      };
}

function shown(directory: string): string {
  const path = relative(process.cwd(), directory);
  return path.startsWith('..') ? directory : path || '.';
}
