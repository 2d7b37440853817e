import type { Proof } from '../../../scripts/proof-contract.ts';
import * as faults from '../test/faults/fault/index.ts';
import { claimHeld } from '../test/faults/claim-held.ts';
import { runFaults } from '../test/faults/run-faults.ts';

/**
 * Nodes and the connections between them, their clients and the database fail in every way that one machine can make,
 * while clients call any node and streams are read at any: no invariant is broken, nothing acknowledged is lost, every
 * event reaches every reader once and in order (I6 to I8, I15, I17), and the service is back within ten seconds. What
 * stops on its way is the proof `stops`.
 */
export const proof: Proof = {
  name: 'faults',
  async run({ short, seed, log }) {
    const report = await runFaults({
      faults: [
        faults.delays,
        faults.endEveryConnection,
        faults.endListening,
        faults.exhaustConnections,
        faults.exhaustPools,
        faults.freezeNode,
        faults.freezePostgres,
        faults.halfOpenClients,
        faults.halfOpenDatabase,
        faults.killNode,
        faults.killNodes,
        faults.linkDown,
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
