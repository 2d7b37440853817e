import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';

/**
 * The network between one node and everybody else is down: packets are lost, nobody is told. Where no network can be
 * made for the node, its lines say nothing instead.
 */
export const linkDown: Fault = {
  name: 'link down',
  times: { short: 1, long: 10 },
  async strike({ cluster, short, served }) {
    const node = cluster.nodes.find(({ namespace }) => namespace !== null) ?? cluster.nodes.at(-1)!;
    const set = async (isUp: boolean): Promise<void> => {
      if (node.namespace !== null) return await node.namespace.link(isUp ? 'up' : 'down');
      for (const line of [node.line, node.database]) line.become(isUp ? 'open' : 'silent');
    };
    const since = performance.now();
    await set(false);
    try {
      const others = cluster.nodes.filter((one) => one !== node);
      await Promise.all([served(others, since), sleep(short ? 1000 : 5000)]);
    } finally {
      await set(true);
    }
    await served([node], performance.now());
  },
};
