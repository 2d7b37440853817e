import type { Proof } from '../../../scripts/proof-contract.ts';
import * as faults from '../test/faults/fault/index.ts';
import { claimHeld } from '../test/faults/claim-held.ts';
import { runFaults } from '../test/faults/run-faults.ts';

/**
 * The same claims as those of the proof `faults`, while PostgreSQL is stopped, connections are reset at a COMMIT or bring
 * one byte at a time, nodes are restarted in turn, and a thousand readers come back at once or read nothing.
 */
export const proof: Proof = {
  name: 'stops',
  async run({ short, seed, log }) {
    const report = await runFaults({
      faults: [
        faults.resetAtCommit,
        faults.slices,
        faults.reconnectAtOnce,
        faults.rollingRestart,
        faults.stopPostgresFast,
        faults.stopPostgresImmediately,
        faults.unreadStreams,
      ],
      nodes: short ? 2 : 3,
      clients: short ? 3 : 8,
      short,
      seed,
      log,
    });
    return claimHeld(report);
  },
};
