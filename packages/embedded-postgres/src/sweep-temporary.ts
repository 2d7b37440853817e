import { access, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { currentData, removeData } from './locate-data.ts';
import { ownerFile, takeOwnership } from './owner.ts';
import { signalPostmaster, stopPostmaster } from './stop-postmaster.ts';
import { readPostmaster } from './postmaster-file.ts';
import { identifyProcess } from './process-identity.ts';

export const temporaryPrefix = 'countersign-postgres-';

/** Removes temporary databases whose owner is dead, with the postmaster that may still serve them. */
export async function sweepTemporary(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    // Best effort: another process may be sweeping the same one, and this one has its own work to do.
    if (name.startsWith(temporaryPrefix)) await sweep(join(parent, name)).catch(() => undefined);
  }
}

async function sweep(directory: string): Promise<void> {
  const found = await lstat(directory);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) return;
  await access(join(directory, ownerFile)); // without one it was made a moment ago, and will be claimed
  const ownership = await takeOwnership(join(directory, ownerFile)); // rejects while the owner lives
  try {
    const postmaster = readPostmaster(await currentData(directory));
    const identity = postmaster && identifyProcess(postmaster.pid);
    if (postmaster !== undefined && identity !== undefined) {
      signalPostmaster(identity, 'SIGQUIT'); // nothing worth a checkpoint
      await stopPostmaster(identity, postmaster.socketDirectory);
    }
    await removeData(directory);
  } finally {
    await ownership.release();
  }
}
