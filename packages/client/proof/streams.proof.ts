import type { Proof } from '../../../scripts/proof-contract.ts';
import { startOwnServer } from '../../core/test/log/own-server.ts';
import { faultless } from '../test/streams/compare.ts';
import { runCuts } from '../test/streams/run-cuts.ts';

/**
 * Streams of two subjects, of two sessions of one, and of the service, over WebSocket and server-sent events,
 * every line cut a thousand times and the server restarted: each event exactly once and in the order of the
 * log (I7), and never one that is not the reader's (I8). Readers that hold no place lose or repeat.
 */
export const proof: Proof = {
  name: 'streams',
  async run({ short, seed, log }) {
    await using _server = await startOwnServer();
    const cutsPerReader = short ? 50 : 1000;
    const restarts = short ? 5 : 20;
    const { readers, naive, ...figures } = await runCuts({ cuts: cutsPerReader, restarts, seed, log });
    for (const [name, { told, connections, ...faults }] of Object.entries(readers)) {
      claim(JSON.stringify(faults) === JSON.stringify(faultless), `${name}: ${JSON.stringify(faults)}`);
      claim(told > 0 && connections > cutsPerReader, `${name}: ${told} events, ${connections} connections`);
    }
    claim((naive['begins now']?.lost ?? 0) > 0, 'the naive reader that begins now lost nothing');
    claim((naive['begins anew']?.twice ?? 0) > 0, 'the naive reader that begins anew was told nothing twice');
    return { cutsPerReader, ...figures, readers, naive };
  },
};

function claim(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
