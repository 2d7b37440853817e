import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A file system of this size at this path; null where none can be mounted. */
export async function mountSmallDisk(path: string, megabytes: number): Promise<AsyncDisposable | null> {
  await mkdir(path);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=711`, 'tmpfs', path]);
  } catch {
    return null;
  }
  return {
    async [Symbol.asyncDispose]() {
      await run('umount', [path]);
    },
  };
}
