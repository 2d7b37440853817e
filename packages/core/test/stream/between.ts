import type { CoreContext } from '../../src/index.ts';

/** The same actor, for whom something happens between the first read from the database and what is done with it. */
export function between(context: CoreContext, happens: () => Promise<void>): CoreContext {
  let isFirst = true;
  const { pool } = context.database;
  const query: typeof pool.query = async (statement, parameters) => {
    const rows = await pool.query(statement, parameters);
    if (isFirst) {
      isFirst = false;
      await happens();
    }
    return rows;
  };
  const db = { ...pool, query };
  return { ...context, db, database: { ...context.database, pool: db } };
}
