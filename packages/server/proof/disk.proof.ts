import { join } from 'node:path';
import type { Proof } from '../../../scripts/proof-contract.ts';
import { claimHeld } from '../test/faults/claim-held.ts';
import { fillDisk } from '../test/faults/fault/fill-disk.ts';
import { runFaults } from '../test/faults/run-faults.ts';
import { mountSmallDisk } from '../test/faults/small-disk.ts';
import { temporaryDirectory } from '../test/support/temporary-directory.ts';

const megabytes = 160;

/** The disk of the database is full: nothing acknowledged is lost, and with room made the service is back. */
export const proof: Proof = {
  name: 'disk',
  async run({ short, seed, log }) {
    await using folder = await temporaryDirectory();
    const path = join(folder.path, 'disk');
    await using disk = await mountSmallDisk(path, megabytes);
    // Without the right to mount, nothing here is to be filled: that would be somebody's own disk.
    if (disk === null) return { mounted: false };
    const data = join(path, 'db');
    const report = await runFaults({
      faults: [fillDisk(path)],
      nodes: short ? 1 : 2,
      clients: 8,
      short,
      seed,
      data,
      log,
    });
    return { mounted: true, ...claimHeld(report) };
  },
};
