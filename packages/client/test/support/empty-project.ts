import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = new URL('../../../../', import.meta.url).pathname;
const client = join(root, 'packages/client');

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

export interface EmptyProject extends Disposable {
  readonly path: string;
  /** The packed client in it. */
  readonly installed: string;
  readonly manifest: Manifest;
  /** Adds a package by the files that this repository has installed. */
  add(name: string): void;
}

/**
 * A project outside of this repository that has installed the packed client, and with it what the client
 * declares to need: nothing else can be resolved there. Nothing is downloaded.
 */
export function createEmptyProject(): EmptyProject {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-empty-')));
  const installed = join(path, 'node_modules/@countersign/client');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', pack(path), '-C', installed, '--strip-components=1']);
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest;
  const add = (name: string): void => {
    mkdirSync(dirname(join(path, 'node_modules', name)), { recursive: true });
    symlinkSync(realpathSync(join(client, 'node_modules', name)), join(path, 'node_modules', name));
  };
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) add(name);
  return {
    path,
    installed,
    manifest,
    add,
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Builds and packs beside the repository, where no other test or build can meet it. Answers the tarball. */
function pack(folder: string): string {
  const workspace = join(folder, 'workspace');
  const copy = join(workspace, 'packages/client');
  mkdirSync(copy, { recursive: true });
  for (const file of ['pnpm-workspace.yaml', 'package.json']) cpSync(join(root, file), join(workspace, file));
  cpSync(join(client, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(client, 'node_modules'), join(copy, 'node_modules'));
  const build = ['-p', join(client, 'tsconfig.build.json'), '--outDir', join(copy, 'dist')];
  execFileSync('tsc', [...build, '--tsBuildInfoFile', join(folder, 'tsbuildinfo')]);
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    packageManager: string;
  };
  const packing = ['--yes', packageManager, '--dir', copy, 'pack', '--json', '--pack-destination', folder];
  const printed = execFileSync('npx', packing, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const { filename } = JSON.parse(printed.slice(printed.indexOf('{'))) as { filename: string };
  rmSync(workspace, { recursive: true });
  return filename;
}
