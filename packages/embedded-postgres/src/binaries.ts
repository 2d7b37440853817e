import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  chmod,
  copyFile,
  mkdir,
  readFile,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './error.ts';
import { ensureOwnDirectory } from './own-directory.ts';
import { findPlatformPackage, type PlatformPackage } from './platform-package.ts';

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * PostgreSQL's programs, in a place from which they can run. They are copied out of the npm package
 * once per version (45 MB, about 0.2 s), because the package itself may lie where the unprivileged
 * user cannot read (a checkout in root's home), may be read-only, and lacks the symlinks of its shared
 * libraries when install scripts are off.
 */
export async function provideBinaries(cacheDirectory?: string): Promise<Binaries> {
  const source = findPlatformPackage();
  const cache = cacheDirectory ?? (await chooseCacheDirectory());
  const root = join(cache, `postgres-${source.version}-${source.platform}`);
  if (!(await isComplete(root, source))) await copyOnce(source, root);
  // Without symlinks, as PostgreSQL will name itself.
  const bin = await realpath(join(root, 'bin'));
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') };
}

async function chooseCacheDirectory(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const candidates =
    uid === 0
      ? ['/var/cache/countersign', '/var/tmp/countersign-cache']
      : [
          join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'countersign'),
          join(tmpdir(), `countersign-cache-${uid}`),
        ];
  for (const candidate of candidates) {
    if (await ensureOwnDirectory(candidate, 0o755)) return candidate;
  }
  throw new EmbeddedPostgresError(
    'unreachable_directory',
    `No place for PostgreSQL's programs: none of ${candidates.join(', ')} is a directory that only this user can write to.`,
  );
}

/** One look at the largest program: a copy cut short by a power failure is made anew. */
async function isComplete(root: string, source: PlatformPackage): Promise<boolean> {
  const sizes = await Promise.all(
    [join(root, 'bin', 'postgres'), join(source.root, 'native', 'bin', 'postgres')].map(async (file) => {
      const found = await stat(file).catch(() => undefined);
      return found?.size;
    }),
  );
  return sizes[0] !== undefined && sizes[0] === sizes[1];
}

/** Any number of processes may do this at once: each fills a folder of its own, the first rename wins. */
async function copyOnce(source: PlatformPackage, root: string): Promise<void> {
  const incoming = join(dirname(root), `incoming-${randomUUID()}`);
  try {
    await copyTree(join(source.root, 'native'), incoming);
    await linkLibraries(source, incoming);
    await rename(incoming, root);
  } catch (error) {
    if (await isComplete(root, source)) return;
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await rm(root, { recursive: true, force: true });
    await rename(incoming, root);
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

/** Permissions are set, not inherited: with umask 077 the unprivileged user could read nothing. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  const entries = (await readdir(from, { withFileTypes: true })).filter(
    (entry) => !isForBuildingOnly(entry.name),
  );
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) return copyTree(source, target);
      if (entry.isSymbolicLink()) return symlink(await readlink(source), target);
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      await chmod(target, basename(from) === 'bin' ? 0o755 : 0o644);
    }),
  );
}

function isForBuildingOnly(name: string): boolean {
  return name.endsWith('.a') || name === 'pgxs' || name === 'pkgconfig';
}

/** What the package's install script does, here for those who (rightly) run none. */
async function linkLibraries(source: PlatformPackage, incoming: string): Promise<void> {
  const list = await readFile(join(source.root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const link of JSON.parse(list) as { source: string; target: string }[]) {
    const target = join(incoming, link.target.replace(/^native\//, ''));
    await symlink(basename(link.source), target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error; // the script did run
    });
  }
}
