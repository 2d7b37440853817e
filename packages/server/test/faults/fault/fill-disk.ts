import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../support/command.ts';
import type { Fault } from '../fault.ts';

/** Something else has filled the disk on which PostgreSQL keeps its data and its log, until somebody makes room. */
export function fillDisk(mount: string): Fault {
  return {
    name: 'full data disk',
    times: { short: 1, long: 10 },
    async strike({ cluster, short, served }) {
      const filler = join(mount, 'filler');
      const { bavail, bsize } = await statfs(mount);
      try {
        // The last of it goes to PostgreSQL itself.
        await writeFile(filler, Buffer.alloc(bavail * bsize)).catch((error: unknown) => {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        });
        await sleep(short ? 1000 : 5000);
      } finally {
        await rm(filler);
      }
      const since = performance.now();
      // Without room for its log it ends itself, and whoever runs it starts it again.
      if (!isAlive(cluster.postgres.pid)) await cluster.postgres.restart();
      await served(cluster.nodes, since);
    },
  };
}
