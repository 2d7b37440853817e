import type { Proof } from '../../../scripts/proof-contract.ts';
import * as faults from '../test/faults/fault/index.ts';
import { claimHeld } from '../test/faults/claim-held.ts';
import { runFaults } from '../test/faults/run-faults.ts';

/**
 * Nodes, the database and the network between them fail in every way that one machine can make, while clients call any
 * node, streams are read at any, and any sends webhooks: no invariant is broken, nothing acknowledged is lost, every
 * event reaches every reader once and in order (I6 to I8, I15, I17) and the receiver of webhooks at least once, signed,
 * and the service is back within ten seconds.
 */
export const proof: Proof = {
  name: 'faults',
  async run({ short, seed, log }) {
    const report = await runFaults({
      faults: Object.values(faults),
      nodes: short ? 2 : 3,
      clients: short ? 3 : 8,
      short,
      seed,
      log,
    });
    return claimHeld(report);
  },
};
