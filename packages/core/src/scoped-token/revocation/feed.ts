import type { CoreServices } from '../../context.ts';
import type { Revocation } from './revocation.ts';
import { revocationsMax, type RevocationSet } from './set.ts';
import {
  readFeedPlace,
  readNewRevocations,
  readRevocations,
  type FeedPlace,
  type RevocationRow,
} from './statement.ts';

const rowsMax = revocationsMax + 1;

/**
 * Reads into the set, one pass after the other, each from where the last one could not see. The place is taken
 * before the rows: what commits in between is read now, and again by the next pass. A database that was restored
 * (its epoch has changed, or its transactions have gone back) is read anew.
 *
 * @returns false when there are more than the set has room for: then what is not in it may be revoked as well.
 */
export function createRevocationFeed(
  { database, clock }: Pick<CoreServices, 'database' | 'clock'>,
  set: RevocationSet,
): () => Promise<boolean> {
  let since: FeedPlace | null = null;
  return async function pass() {
    const now = clock.now();
    const [place] = await database.pool.query(readFeedPlace, {});
    if (!place) throw new Error('the installation row is missing');
    const rows =
      since !== null && follows(place, since)
        ? await database.pool.query(readNewRevocations, { txid: since.txid, now, limit: rowsMax })
        : await database.pool.query(readRevocations, { now, limit: rowsMax });
    const isWhole = set.add(rows.map(revocationOf), now) && rows.length < rowsMax;
    since = isWhole ? place : null;
    return isWhole;
  };
}

function follows(place: FeedPlace, since: FeedPlace): boolean {
  return place.epoch === since.epoch && BigInt(place.txid) >= BigInt(since.txid);
}

function revocationOf(row: RevocationRow): Revocation {
  return {
    kind: row.kind,
    value: row.value,
    minimumEpoch: row.minimum_epoch,
    notAfter: row.not_after.getTime(),
  };
}
