import type { Fault } from '../fault.ts';

/** kill -9 of any node, and a new start at once: the others must not even notice. */
export const killNode: Fault = {
  name: 'kill -9 of a node',
  times: { short: 2, long: 190 },
  async strike({ cluster, random, served }) {
    const node = random.pick(cluster.nodes);
    const since = performance.now();
    await node.end('SIGKILL');
    node.start();
    await served(cluster.nodes, since);
  },
};

/** All nodes but one. */
export const killNodes: Fault = {
  name: 'kill -9 of all nodes but one',
  times: { short: 0, long: 5 },
  async strike({ cluster, random, served }) {
    const spared = random.pick(cluster.nodes);
    const since = performance.now();
    await Promise.all(
      cluster.nodes
        .filter((node) => node !== spared)
        .map(async (node) => {
          await node.end('SIGKILL');
          node.start();
        }),
    );
    await served(cluster.nodes, since);
  },
};
