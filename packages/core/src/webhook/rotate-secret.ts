import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { parseId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { nameOfOperator, requireOperator } from '../permission.ts';
import type { EndpointRow } from './row.ts';
import { overlapSecondsDefault, rotateSecretInput, type rotateSecretOutput } from './schema.ts';
import { makeSecret, sealSecrets } from './secret.ts';
import { signingSecrets } from './signing-secrets.ts';
import { exchangeSecrets, readEndpointWithSecrets } from './statement/endpoint.ts';
import { endpointViewOf } from './view.ts';

type Rotated = z.output<typeof rotateSecretOutput>;

/** So often another exchange may have been faster: another rotation, or a sealing anew. */
const exchangesMax = 10;

/**
 * Gives an endpoint another secret. The one that it had signs as well, for a day or as long as is said, so that its
 * receiver can be given the new one meanwhile; the one before that is over at once.
 *
 * @throws CountersignError `forbidden`; `not_found` for an id that is none.
 */
export async function rotateWebhookSecret(
  context: CoreContext,
  input: z.input<typeof rotateSecretInput>,
): Promise<Rotated> {
  const parsed = parseInput(rotateSecretInput, input);
  const { actor, logger } = context;
  requireOperator(actor);
  const id = parseId('webhook', parsed.id);
  if (id === null) throw new CountersignError('not_found');
  const by = nameOfOperator(actor);
  return await once(context, 'webhook.rotateSecret', parsed, {
    write: async (writing) => {
      const now = writing.clock.now();
      const overlapSeconds = parsed.overlapSeconds ?? overlapSecondsDefault;
      const secret = makeSecret(writing.randomness);
      const row = await exchange(writing, { id, secret, overlapSeconds, now });
      const answer: Rotated = { ...endpointViewOf(row, now), secret };
      return {
        answer,
        repeated: { ...answer, secret: null },
        isNews: false,
        afterCommit: async () => {
          logger.info({ endpointId: answer.id, by }, 'the secret of a webhook endpoint was rotated');
        },
      };
    },
  });
}

interface Rotation {
  readonly id: string;
  readonly secret: string;
  readonly overlapSeconds: number;
  readonly now: Date;
}

async function exchange(
  context: CoreContext,
  { id, secret, overlapSeconds, now }: Rotation,
): Promise<EndpointRow> {
  const { db, keys, randomness } = context;
  for (let turn = 0; turn < exchangesMax; turn += 1) {
    const [known] = await db.query(readEndpointWithSecrets, { id });
    if (!known) throw new CountersignError('not_found');
    // One that does not open signs nothing any more, and must not stand in the way of a new one.
    const previous = overlapSeconds === 0 ? null : (signingSecrets(context, known, now)?.[0] ?? null);
    const [row] = await db.query(exchangeSecrets, {
      id,
      now,
      old: known.secrets,
      secrets: sealSecrets(keys, randomness, id, { current: secret, previous }),
      previousUntil: previous === null ? null : new Date(now.getTime() + overlapSeconds * 1000),
    });
    if (row) return row;
  }
  throw new CountersignError('unavailable_dependency', { cause: new Error('the secrets are being changed') });
}
