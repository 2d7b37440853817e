import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeData } from './locate-data.ts';
import { startOwned, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './start.ts';
import { sweepTemporary, temporaryPrefix } from './sweep-temporary.ts';

export interface TemporaryPostgresOptions extends Omit<EmbeddedPostgresOptions, 'directory'> {
  /** Where its directory is made; default the system's temporary one. */
  readonly parent?: string | undefined;
}

/**
 * A PostgreSQL for one run: in a fresh directory, deleted by `stop()`.
 * What killed runs left there, database and process, is cleared away first.
 */
export async function startTemporaryPostgres({
  parent = tmpdir(),
  ...options
}: TemporaryPostgresOptions = {}): Promise<EmbeddedPostgres> {
  const place = await realpath(parent);
  await sweepTemporary(place);
  const directory = await mkdtemp(join(place, temporaryPrefix));
  try {
    return await startOwned({ ...options, directory }, removeData);
  } catch (error) {
    await removeData(directory);
    throw error;
  }
}
