import { chmod, readdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { adoptPostmaster } from './adopt.ts';
import { provideBinaries } from './binaries.ts';
import { chooseUser } from './run-as.ts';
import { databaseUser, initializeOnce } from './initialize.ts';
import { EmbeddedPostgresError } from './error.ts';
import { endWithProcess } from './end-with-process.ts';
import { launchPostmaster } from './launch.ts';
import { currentData, locateData } from './locate-data.ts';
import { makeDirectories } from './make-directories.ts';
import { ownerFile, takeOwnership } from './owner.ts';
import { socketPort } from './socket-directory.ts';
import { stopPostmaster } from './stop-postmaster.ts';

export interface EmbeddedPostgresOptions {
  /** Where everything is kept. Made when it is missing; one live owner at a time. */
  readonly directory: string;
  /** There is no port: the only way in is a Unix socket. */
  readonly port?: never;
  /** Settings of postgresql.conf, such as `{ max_connections: '200' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where the programs are copied to, once per version; by default the user's (or root's) cache directory. */
  readonly cacheDirectory?: string;
  /** Called with a sentence for what a person may want to know. PostgreSQL's own log is `directory/postgres.log`. */
  readonly onLog?: (line: string) => void;
}

export interface EmbeddedPostgres extends AsyncDisposable {
  /** A connection string for any client: `postgresql://postgres@<socket directory>:5432/<database>`. */
  url(database?: string): string;
  /** The same in parts, as `pg` takes them. */
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  readonly directory: string;
  readonly logFile: string;
  /** The postmaster's process id. */
  readonly pid: number;
  readonly version: '18.4';
  /** Whether this start made a new, empty cluster. */
  readonly startedFresh: boolean;
  /** Whether this start found the PostgreSQL of a killed process running and took it over. */
  readonly adopted: boolean;
  /** Stops PostgreSQL and waits until it is gone. Calling it again is harmless. */
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL on a directory: the first time in about a second, later in a tenth of one.
 *
 * Only one process owns a directory: a second start rejects with `already_open` and the id of the first.
 * When a process ends by itself, its PostgreSQL is told to stop; when it is killed, PostgreSQL stays and
 * the next start adopts it. No signal handlers are installed: call `stop()` in yours.
 *
 * @example
 * await using postgres = await startEmbeddedPostgres({ directory: '.data' });
 * const pool = new pg.Pool({ connectionString: postgres.url() });
 */
export function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  return startOwned(options, async () => undefined);
}

/** `afterStop` runs when PostgreSQL is gone and the directory is still owned. */
export async function startOwned(
  options: EmbeddedPostgresOptions,
  afterStop: (directory: string) => Promise<void>,
): Promise<EmbeddedPostgres> {
  const directory = await makeDirectory(options.directory);
  const ownership = await takeOwnership(join(directory, ownerFile)).catch(explain(directory));
  try {
    return await start(directory, options, () => afterStop(directory).then(() => ownership.release()));
  } catch (error) {
    await ownership.release();
    throw error;
  }
}

async function start(
  directory: string,
  options: EmbeddedPostgresOptions,
  finish: () => Promise<void>,
): Promise<EmbeddedPostgres> {
  const log = options.onLog ?? (() => undefined);
  const logFile = join(directory, 'postgres.log');
  const binaries = await provideBinaries(options.cacheDirectory);
  const user = await chooseUser(await currentData(directory));
  const data = await locateData(directory, user, log);
  const startedFresh = await initializeOnce(binaries, data, user);
  const cluster = { binaries, data, user, logFile, settings: options.settings ?? {}, log };
  const postmaster = (await adoptPostmaster(cluster)) ?? (await launchPostmaster(cluster));
  const forget = endWithProcess(postmaster.identity);

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopping ??= stopPostmaster(postmaster.identity, postmaster.socketDirectory).then(forget).then(finish));

  const connection = {
    host: postmaster.socketDirectory,
    port: socketPort,
    user: databaseUser,
    database: 'postgres',
  };
  return {
    url: (database = connection.database) => connectionString(connection.host, database),
    connection,
    directory,
    logFile,
    pid: postmaster.identity.pid,
    version: '18.4',
    startedFresh,
    adopted: postmaster.adopted,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/**
 * The socket's folder stands, percent-encoded, where a host stands: understood by libpq, pg and MikroORM
 * alike (the other usual form, `?host=`, is not read by MikroORM, which would go to localhost).
 */
function connectionString(socketDirectory: string, database: string): string {
  const host = `${encodeURIComponent(socketDirectory)}:${socketPort}`;
  return `postgresql://${databaseUser}@${host}/${encodeURIComponent(database)}`;
}

/** Private, except that for root it must let PostgreSQL's user pass through to the data, which is private. */
async function makeDirectory(path: string): Promise<string> {
  const directory = resolve(path);
  try {
    await makeDirectories(directory);
    const isNew = (await readdir(directory)).length === 0;
    if (isNew) await chmod(directory, process.getuid?.() === 0 ? 0o711 : 0o700);
    return await realpath(directory);
  } catch (error) {
    return explain(directory)(error as NodeJS.ErrnoException);
  }
}

/** No right to write there, and no place for a directory at all. */
const forbidden = new Set(['EACCES', 'EPERM', 'EROFS']);
const impossible = new Set(['ENOENT', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG', 'ELOOP']);

function explain(directory: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    const { code = '' } = error;
    if (!forbidden.has(code) && !impossible.has(code)) throw error;
    throw new EmbeddedPostgresError(
      'unreachable_directory',
      forbidden.has(code)
        ? `This user cannot write to ${directory} (${code}). Was it made by another user, or by root?`
        : `${directory} cannot be a directory (${code}). Choose another one, or set DATABASE_URL.`,
      { cause: error },
    );
  };
}
