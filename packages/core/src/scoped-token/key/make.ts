import { toBase32 } from '../../base32.ts';
import type { CoreServices } from '../../context.ts';
import type { Executor } from '../../database/executor.ts';
import { insertKey, lockKeys, readKeys } from './statement.ts';
import { rootBytes, wrapRoot } from './wrap.ts';

const kidBytes = 5;

/** A new random root under a new random name, wrapped into the table. */
export async function makeKey(
  { keys, randomness, clock }: CoreServices,
  db: Executor,
  state: 'next' | 'active',
): Promise<void> {
  const kid = toBase32(randomness.bytes(kidBytes));
  const root = randomness.bytes(rootBytes);
  const { wrapped, secretKeyId } = wrapRoot(keys, randomness, kid, root);
  await db.query(insertKey, { kid, state, wrapped, secretKeyId, now: clock.now() });
}

/**
 * The first keys of an installation: one that mints, one that is known before it will. Nodes that start at once
 * wait for each other and find them made; the unique index says the same below.
 */
export async function ensureKeys(services: CoreServices): Promise<void> {
  if ((await services.database.pool.query(readKeys, {})).some(({ state }) => state === 'active')) return;
  await services.database.transaction(async (db) => {
    await db.query(lockKeys, {});
    const states = (await db.query(readKeys, {})).map(({ state }) => state);
    if (!states.includes('active')) await makeKey(services, db, 'active');
    if (!states.includes('next')) await makeKey(services, db, 'next');
  });
}
