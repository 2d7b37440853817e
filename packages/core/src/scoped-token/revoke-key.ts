import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { requireInstallation } from '../permission.ts';
import { latestExpiry } from './key/lifetimes.ts';
import { makeKey } from './key/make.ts';
import { activateNext, lockKeys, revokeKey } from './key/statement.ts';
import type { TokenTrust } from './trust.ts';

/**
 * Ends a key at once, with every token it has minted, and destroys its root. When it was the active one the next
 * one mints from now on, however young it is: for a second other nodes may not know what it mints.
 *
 * @throws CountersignError `forbidden`; `not_found` for a kid that is none, or revoked already; `unavailable` when a
 * key service has the keys.
 */
export async function revokeTokenKey(
  context: CoreContext,
  trust: TokenTrust,
  { kid }: { readonly kid: string },
): Promise<void> {
  requireInstallation(context.actor);
  if (trust.hasKeyService) throw new CountersignError('unavailable');
  await trust.ready();
  await context.database.transaction(async (db) => {
    await db.query(lockKeys, {});
    const now = context.clock.now();
    const told = { now, endsAt: latestExpiry(now), revocationId: context.ids.uuid(), by: context.actor.kind };
    const [revoked] = await db.query(revokeKey, { ...told, kid });
    if (!revoked) throw new CountersignError('not_found');
    if (revoked.state === 'active' && (await db.query(activateNext, { now })).length === 0)
      await makeKey(context, db, 'active');
    if (revoked.state !== 'retiring') await makeKey(context, db, 'next');
  });
  context.logger.warn({ kid }, 'a token key was revoked');
  await trust.refresh();
}
