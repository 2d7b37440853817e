import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { invalidInput } from '../error.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { nameOfOperator, requireOperator } from '../permission.ts';
import { digestKey, serviceKeyDigest } from './digest.ts';
import { makeServiceKeyText } from './format.ts';
import { createInput, type createOutput } from './schema.ts';
import { insertServiceKey } from './statement.ts';
import type { ServiceKeyTrust } from './trust.ts';
import { viewOf } from './view.ts';

type Created = z.output<typeof createOutput>;

/** Far more than an installation has services; keys that are created at the same moment may go a little beyond. */
export const keysInForceMax = 1000;

/**
 * Makes a key of a service or an operator. It is answered once and kept nowhere: a repetition by the same idempotency
 * key gets its id and `key: null`. Good here when it answers, on every other node within a second.
 *
 * The first operator key is made in process, by whoever has the deployment's secret: `countersign service-key create`.
 *
 * @example
 * ```ts
 * const operator = core.context({ kind: 'operator' });
 * const { id, key } = await core.serviceKey.create(operator, { title: 'billing' });
 * ```
 * @throws CountersignError `forbidden` for all but an operator, `invalid_input`.
 */
export async function createServiceKey(
  context: CoreContext,
  trust: ServiceKeyTrust,
  input: z.input<typeof createInput>,
): Promise<Created> {
  const parsed = parseInput(createInput, input);
  const { actor, logger } = context;
  requireOperator(actor);
  const { title, role = 'service', expiresInSeconds } = parsed;
  return await once(context, 'serviceKey.create', parsed, {
    write: async ({ db, clock, ids, keys, randomness }) => {
      const now = clock.now();
      const key = makeServiceKeyText(randomness);
      const named = digestKey(keys);
      const [row] = await db.query(insertServiceKey, {
        id: ids.uuid(),
        title,
        role,
        digest: serviceKeyDigest(named, role, key),
        secretKeyId: named.id,
        by: nameOfOperator(actor),
        expiresAt: expiresInSeconds === undefined ? null : new Date(now.getTime() + expiresInSeconds * 1000),
        now,
        inForceMax: keysInForceMax,
      });
      if (!row) throw invalidInput([], `must not be more than ${keysInForceMax} keys: revoke one first`);
      const answer: Created = { ...viewOf(row), key };
      return {
        answer,
        repeated: { ...answer, key: null },
        isNews: false,
        afterCommit: async () => {
          logger.info({ keyId: answer.id, role, by: answer.createdBy }, 'a service key was created');
          await trust.refresh();
        },
      };
    },
  });
}
