import type { Database } from './database/executor.ts';
import { pendingMigrations } from './database/migrate.ts';
import type { TokenTrust } from './scoped-token/trust.ts';

/** What `/readyz` asks. */
export interface Health {
  readonly database: boolean;
  readonly migrations: boolean;
  /** Whether a key that mints scoped tokens is in memory; true in a process that has not used any yet. */
  readonly keys: boolean;
}

export async function checkHealth(database: Database, trust: Pick<TokenTrust, 'lacksKey'>): Promise<Health> {
  const keys = !trust.lacksKey();
  try {
    return { database: true, migrations: (await pendingMigrations(database)).length === 0, keys };
  } catch {
    return { database: false, migrations: false, keys };
  }
}
