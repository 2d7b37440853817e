import { CountersignError, type Core } from '@countersign/core';
import { StartError } from './start-error.ts';

export interface TokenKeyPlace {
  /** What the person gave the secret by. */
  readonly secretName?: string;
  readonly hasKeyService?: boolean;
}

/**
 * Reads the keys of scoped tokens; makes the first ones of an installation.
 *
 * @throws StartError when there are some and none can be read: they are wrapped with the secret.
 */
export async function readTokenKeys(
  { scopedToken }: Pick<Core, 'scopedToken'>,
  { secretName = 'COUNTERSIGN_SECRET', hasKeyService = false }: TokenKeyPlace = {},
): Promise<void> {
  try {
    await scopedToken.ready();
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    throw new StartError(
      hasKeyService
        ? 'The key service has no key of scoped tokens. Let it have one that is active.'
        : `${secretName} is not the one that this database was used with. Give the secret of your servers.`,
      { cause: error },
    );
  }
}

/** The database has answered; a key was not among what it said. */
function isUnreadable(error: unknown): boolean {
  return (
    error instanceof CountersignError &&
    error.cause instanceof Error &&
    error.cause.message === 'no key of scoped tokens can be read'
  );
}
