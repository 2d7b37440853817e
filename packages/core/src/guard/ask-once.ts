import type { Database } from '../database/executor.ts';

const asking = new WeakMap<Database, Map<string, Promise<unknown>>>();

/**
 * What several calls of this process ask for at the same moment is asked for once, and all get the same answer: a double
 * click sends one code. No promise: another process may ask for the same, and nothing depends on it that it does not.
 */
export async function askOnce<Answer>(
  database: Database,
  what: readonly (string | null)[],
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const ofDatabase = asking.get(database) ?? new Map<string, Promise<unknown>>();
  asking.set(database, ofDatabase);
  const key = JSON.stringify(what);
  const present = ofDatabase.get(key);
  if (present) return (await present) as Answer;
  const answer = ask().finally(() => ofDatabase.delete(key));
  ofDatabase.set(key, answer);
  return await answer;
}
