import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';

/**
 * Every connection of a node to PostgreSQL is half open: it takes what is sent, and nothing ever comes back. New ones
 * can be made after a while; the old ones stay as they are.
 */
export const halfOpenDatabase: Fault = {
  name: 'half-open connections to PostgreSQL',
  times: { short: 1, long: 10 },
  async strike({ cluster, random, short, served }) {
    const node = random.pick(cluster.nodes);
    const since = performance.now();
    node.database.become('silent');
    try {
      const others = cluster.nodes.filter((one) => one !== node);
      await Promise.all([served(others, since), sleep(short ? 300 : 3000)]);
    } finally {
      node.database.become('open');
    }
    await served([node], performance.now());
  },
};

/** The same between clients and a node, and between the streams and all nodes. */
export const halfOpenClients: Fault = {
  name: 'half-open connections of clients',
  times: { short: 1, long: 20 },
  async strike({ cluster, followers, random, short, served }) {
    const node = random.pick(cluster.nodes);
    const lines = [node.line, followers.balancer];
    for (const line of lines) line.become('silent');
    try {
      await sleep(short ? 300 : 2000);
    } finally {
      for (const line of lines) line.become('open');
    }
    await served(cluster.nodes, performance.now());
  },
};
