import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { parseId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { nameOfOperator, requireOperator } from '../permission.ts';
import { revokeInput, type ServiceKeyView } from './schema.ts';
import { readServiceKey, revokeServiceKeyRow } from './statement.ts';
import type { ServiceKeyTrust } from './trust.ts';
import { viewOf } from './view.ts';

/**
 * Ends a key for ever: refused here when it answers, on every other node within a second. One that was revoked before
 * stays as it was, and is answered as that.
 *
 * @throws CountersignError `forbidden`; `not_found` for an id that is none.
 */
export async function revokeServiceKey(
  context: CoreContext,
  trust: ServiceKeyTrust,
  input: z.input<typeof revokeInput>,
): Promise<ServiceKeyView> {
  const parsed = parseInput(revokeInput, input);
  const { actor, logger } = context;
  requireOperator(actor);
  const id = parseId('serviceKey', parsed.id);
  if (id === null) throw new CountersignError('not_found');
  const by = nameOfOperator(actor);
  return await once(context, 'serviceKey.revoke', parsed, {
    write: async ({ db, clock }) => {
      const [revoked] = await db.query(revokeServiceKeyRow, { id, now: clock.now(), by });
      const [row] = revoked ? [revoked] : await db.query(readServiceKey, { id });
      if (!row) throw new CountersignError('not_found');
      return {
        answer: viewOf(row),
        isNews: false,
        afterCommit: async () => {
          if (revoked) logger.info({ keyId: parsed.id, by }, 'a service key was revoked');
          await trust.refresh();
        },
      };
    },
  });
}
