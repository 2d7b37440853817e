import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeData } from './locate-data.ts';
import { startOwned, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './start.ts';
import { sweepTemporary, temporaryPrefix } from './sweep-temporary.ts';

export type TemporaryPostgresOptions = Omit<EmbeddedPostgresOptions, 'directory'>;

/**
 * A PostgreSQL for one run: in a fresh directory under the system's temporary one, deleted by `stop()`.
 * What killed runs left there, database and process, is cleared away first.
 */
export async function startTemporaryPostgres(
  options: TemporaryPostgresOptions = {},
): Promise<EmbeddedPostgres> {
  const parent = await realpath(tmpdir());
  await sweepTemporary(parent);
  const directory = await mkdtemp(join(parent, temporaryPrefix));
  try {
    return await startOwned({ ...options, directory }, removeData);
  } catch (error) {
    await removeData(directory);
    throw error;
  }
}
