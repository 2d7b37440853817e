import type { Database } from './database/executor.ts';
import { pendingMigrations } from './database/migrate.ts';

/** What `/readyz` asks. */
export interface Health {
  readonly database: boolean;
  readonly migrations: boolean;
}

export async function checkHealth(database: Database): Promise<Health> {
  try {
    return { database: true, migrations: (await pendingMigrations(database)).length === 0 };
  } catch {
    return { database: false, migrations: false };
  }
}
