import { findNatsServer } from '../../../scripts/find-nats-server.ts';
import type { Proof } from '../../../scripts/proof-contract.ts';
import { claimHeld } from '../test/faults/claim-held.ts';
import {
  delays,
  freezeNode,
  halfOpenDatabase,
  killNode,
  killNodes,
  resetAtCommit,
  rollingRestart,
  stopPostgresImmediately,
} from '../test/faults/fault/index.ts';
import { freezeNats, killNats, wipeNats } from '../test/faults/fault/kill-nats.ts';
import { runFaults } from '../test/faults/run-faults.ts';
import { startNatsServer } from '../test/nats/nats-server.ts';

/**
 * The log comes to the nodes over NATS, from whichever of them relays: NATS, nodes and database fail under load, and every
 * stream is told everything once and in order, with no gap where it changes from the one source to the other.
 */
export const proof: Proof = {
  name: 'nats',
  async run({ short, seed, log }) {
    const program = findNatsServer();
    if (program === null) return { natsServer: false };
    process.env['NATS_SERVER_PATH'] = program;
    await using nats = await startNatsServer();
    const ofNats = [killNats(nats), wipeNats(nats), freezeNats(nats)];
    const others = [
      killNode,
      killNodes,
      freezeNode,
      halfOpenDatabase,
      resetAtCommit,
      delays,
      rollingRestart,
      stopPostgresImmediately,
    ].map((fault) => ({ ...fault, times: { short: 0, long: Math.ceil(fault.times.long / 10) } }));
    const report = await runFaults({
      faults: [...ofNats, ...others],
      nodes: short ? 2 : 3,
      clients: short ? 3 : 8,
      short,
      seed,
      environment: { COUNTERSIGN_NATS_URL: nats.url },
      log,
    });
    return { natsServer: true, ...claimHeld(report) };
  },
};
