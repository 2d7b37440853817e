import type { Database } from '../database/executor.ts';
import { statement } from '../database/statement.ts';

const lockInstallation = statement<object, { epoch: number }>(
  'epoch_lock',
  'SELECT epoch FROM countersign.installation FOR UPDATE',
);

/** After a restore every request that is still open is touched once; that may take longer than a call may. */
const withoutTimeouts = statement<object, object>(
  'epoch_without_timeouts',
  "SELECT set_config(name, '0', true) FROM unnest(ARRAY['statement_timeout', 'lock_timeout']) AS name",
);

const raiseEpoch = statement<{ readonly epoch: number }, { epoch: number }>(
  'epoch_raise',
  /* sql */ `
UPDATE countersign.installation SET epoch = epoch + 1
WHERE EXISTS (
  SELECT FROM countersign.event WHERE epoch = :epoch::int AND txid >= pg_snapshot_xmax(pg_current_snapshot())
)
RETURNING epoch`,
);

/** Places in the old epoch mean nothing in the new one; only what can still have events needs a new place. */
const forgetOldPlaces = statement<object, { id: string }>(
  'epoch_forget_places',
  `UPDATE countersign.authorization_request SET event_txid = '0'
   WHERE state = 'waiting' OR (state = 'granted' AND consumed_at IS NULL)`,
);
const forgetOldPlacesOfTokens = statement<object, { id: string }>(
  'epoch_forget_places_of_tokens',
  `UPDATE countersign.scoped_token SET event_txid = '0' WHERE revoked_at IS NULL`,
);

/**
 * The log is ordered by (epoch, transaction, id). After a restore into a younger cluster the transaction ids
 * begin anew below those that are stored; then the epoch rises, under a lock, so that what is written from
 * now on comes after all that was written before.
 */
export async function establishEpoch(database: Database): Promise<number> {
  return await database.transaction(async (db) => {
    await db.query(withoutTimeouts, {});
    const [installation] = await db.query(lockInstallation, {});
    if (!installation) throw new Error('the installation row is missing');
    const [raised] = await db.query(raiseEpoch, { epoch: installation.epoch });
    if (!raised) return installation.epoch;
    await db.query(forgetOldPlaces, {});
    await db.query(forgetOldPlacesOfTokens, {});
    return raised.epoch;
  });
}
