import type { CoreServices } from '../context.ts';
import { formatId, type Uuid } from '../id.ts';
import { openSecrets } from './secret.ts';

/** What is stored of an endpoint's secrets. */
interface StoredSecrets {
  readonly id: Uuid<'webhook'>;
  readonly secrets: Uint8Array;
  readonly previous_until: Date | null;
}

/**
 * What signs now, newest first; the earlier one while it counts. Null when they do not open: the secret that sealed them
 * is not configured any more, or somebody has changed them. Then nothing is sent: unsigned is worse than late.
 */
export function signingSecrets(
  { keys, logger }: Pick<CoreServices, 'keys' | 'logger'>,
  { id, secrets, previous_until: previousUntil }: StoredSecrets,
  now: Date,
): readonly string[] | null {
  try {
    const { current, previous } = openSecrets(keys, id, secrets);
    const isPreviousGood = previous !== null && previousUntil !== null && previousUntil > now;
    return isPreviousGood ? [current, previous] : [current];
  } catch (cause) {
    const endpointId = formatId('webhook', id);
    logger.error({ endpointId, cause }, 'the secret of a webhook endpoint does not open');
    return null;
  }
}
