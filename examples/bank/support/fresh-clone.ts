import { execFile } from 'node:child_process';
import { cp, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { listTree } from '../../../scripts/tree.ts';

const exec = promisify(execFile);

/**
 * Makes what somebody has who clones this repository: nothing installed, nothing built. What is not committed yet comes
 * along, so that a change is seen before it is; a checkout that git does not know is copied.
 */
export async function cloneRepository(root: string, folder: string): Promise<'cloned' | 'copied'> {
  const isCloned = await exec('git', [
    'clone',
    '--quiet',
    '--depth',
    '1',
    pathToFileURL(root).href,
    folder,
  ]).then(
    () => true,
    () => false,
  );
  for (const path of isCloned ? await uncommitted(root) : listTree(root)) await takeOver(root, folder, path);
  return isCloned ? 'cloned' : 'copied';
}

async function uncommitted(root: string): Promise<string[]> {
  const list = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await exec('git', ['-C', root, ...args, '-z']);
    return stdout.split('\0').filter((path) => path !== '');
  };
  const changed = await list('diff', '--name-only', '--no-renames', 'HEAD');
  return [...changed, ...(await list('ls-files', '--others', '--exclude-standard'))];
}

/** As it is in the checkout: there, or gone. */
async function takeOver(root: string, folder: string, path: string): Promise<void> {
  const to = join(folder, path);
  await rm(to, { force: true });
  await mkdir(dirname(to), { recursive: true });
  await cp(join(root, path), to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
