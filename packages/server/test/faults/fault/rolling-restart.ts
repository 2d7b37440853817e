import type { Fault } from '../fault.ts';

/** Every node by turns, told to stop and started again: no call fails that is repeated at another node. */
export const rollingRestart: Fault = {
  name: 'rolling restart',
  times: { short: 1, long: 5 },
  async strike({ cluster, short, served }) {
    for (const node of short ? cluster.nodes.slice(0, 1) : cluster.nodes) {
      const code = await node.end('SIGTERM');
      if (code !== 0) throw new Error(`${node.name} ended with ${code} on SIGTERM:\n${node.output()}`);
      const since = performance.now();
      node.start();
      await served([node], since);
    }
  },
};
