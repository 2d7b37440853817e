import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';

/**
 * A node stands still, with whatever transaction it has open and whatever work it leads, longer than PostgreSQL lets a
 * transaction idle, and goes on as if nothing had been. The others serve meanwhile.
 */
export const freezeNode: Fault = {
  name: 'SIGSTOP of a node',
  times: { short: 1, long: 20 },
  async strike({ cluster, random, short, served }) {
    const node = random.pick(cluster.nodes);
    const since = performance.now();
    node.signal('SIGSTOP');
    try {
      const others = cluster.nodes.filter((one) => one !== node);
      await Promise.all([served(others, since), sleep(short ? 1500 : 7000)]);
    } finally {
      node.signal('SIGCONT');
    }
    await served([node], performance.now());
  },
};
