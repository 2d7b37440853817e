import type { CoreServices } from '../../context.ts';
import type { Revocation } from './revocation.ts';
import type { RevocationSet } from './set.ts';
import {
  placeAt,
  readFeedPlace,
  readNewRevocations,
  readRevocations,
  type FeedPlace,
  type RevocationRow,
} from './statement.ts';

/** A statement’s worth: some 30 ms. */
const pageMax = 10_000;
/** Until there is room again nothing is gained by reading a million of them four times a second. */
const whileOverfullMs = 60_000;

/**
 * Reads into the set, one pass after the other, each from where the last one could not see. The place is taken
 * before the rows: what commits in between is read now, and again by the next pass. A database that was restored
 * (its epoch has changed, or its transactions have gone back) is read anew. Something that was revoked many times is
 * one thing in the set, and only what is in the set counts against its room.
 *
 * @returns false when there are more than the set has room for: then what is not in it may be revoked as well.
 */
export function createRevocationFeed(
  { database, clock }: Pick<CoreServices, 'database' | 'clock'>,
  set: RevocationSet,
): () => Promise<boolean> {
  let since: FeedPlace | null = null;
  let overfullAt = Number.NEGATIVE_INFINITY;

  /** Null when there are too many to be read at once. */
  async function addNew({ txid }: FeedPlace): Promise<boolean | null> {
    const now = clock.now();
    const limit = set.entriesMax + 1;
    const rows = await database.pool.query(readNewRevocations, { txid, now, limit });
    return rows.length < limit ? set.add(rows.map(revocationOf), now) : null;
  }

  async function addAll(): Promise<boolean> {
    const now = clock.now();
    let place = placeAt(now);
    for (;;) {
      const rows = await database.pool.query(readRevocations, { ...place, limit: pageMax });
      if (!set.add(rows.map(revocationOf), now)) return false;
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageMax) return true;
      place = { after: last.place, afterId: last.id };
    }
  }

  return async function pass() {
    if (Math.abs(clock.now().getTime() - overfullAt) < whileOverfullMs) return false;
    const [place] = await database.pool.query(readFeedPlace, {});
    if (!place) throw new Error('the installation row is missing');
    const added = since !== null && follows(place, since) ? await addNew(since) : null;
    const isWhole = added ?? (await addAll());
    since = isWhole ? place : null;
    overfullAt = isWhole ? Number.NEGATIVE_INFINITY : clock.now().getTime();
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
