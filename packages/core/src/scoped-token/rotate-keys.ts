import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { requireInstallation } from '../permission.ts';
import { latestExpiry, nextSecondsMin } from './key/lifetimes.ts';
import { makeKey } from './key/make.ts';
import { activateNext, forgetEndedKeys, lockKeys, readKeys, retireActive } from './key/statement.ts';
import type { TokenTrust } from './trust.ts';

/** Whether the keys went on; if not, from when on they can. */
export type KeyRotation =
  | { readonly rotated: true; readonly activeKid: string }
  | { readonly rotated: false; readonly retryAt: Date };

/**
 * The next key mints from now on, the active one only verifies until its longest token has expired, and a new next
 * one is made. No valid token is refused meanwhile: a key that is too young for every node to have heard of it is
 * not taken into use, and the answer says when it can be. (docs/adr/0012)
 *
 * @throws CountersignError `forbidden`; `unavailable` when a key service has the keys, and rotates them itself.
 */
export async function rotateTokenKeys(context: CoreContext, trust: TokenTrust): Promise<KeyRotation> {
  requireInstallation(context.actor);
  if (trust.hasKeyService) throw new CountersignError('unavailable');
  await trust.ready();
  const rotation = await context.database.transaction(async (db): Promise<KeyRotation> => {
    await db.query(lockKeys, {});
    const now = context.clock.now();
    const next = (await db.query(readKeys, {})).find(({ state }) => state === 'next');
    if (next === undefined) {
      await makeKey(context, db, 'next');
      return { rotated: false, retryAt: ripeAt(now) };
    }
    if (now < ripeAt(next.created_at)) return { rotated: false, retryAt: ripeAt(next.created_at) };
    await db.query(retireActive, { now, endsAt: latestExpiry(now) });
    await db.query(activateNext, { now });
    await makeKey(context, db, 'next');
    await db.query(forgetEndedKeys, { now });
    return { rotated: true, activeKid: next.kid };
  });
  await trust.refresh();
  return rotation;
}

function ripeAt(createdAt: Date): Date {
  return new Date(createdAt.getTime() + nextSecondsMin * 1000);
}
