import type { MikroORM } from '@mikro-orm/postgresql';

/**
 * Runs what makes the data of the demo while nothing else does, in any process that shares the database. Who waits, waits
 * long: recovery codes are hashed slowly on purpose.
 */
export async function exclusively(orm: MikroORM, run: () => Promise<void>): Promise<void> {
  await orm.em.fork().transactional(async (em) => {
    await em.execute(
      `SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock(hashtext('Acme Bank, its data'))`,
    );
    await run();
  });
}
