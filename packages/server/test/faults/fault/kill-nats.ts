import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsServer } from '../../nats/nats-server.ts';
import type { Fault } from '../fault.ts';

/** NATS is killed, and comes back after a while: the nodes read from the database, and from NATS again. */
export function killNats(nats: NatsServer): Fault {
  return {
    name: 'NATS killed and restarted',
    times: { short: 2, long: 40 },
    async strike({ cluster, random, short, served }) {
      const since = performance.now();
      await nats.kill();
      try {
        await Promise.all([served(cluster.nodes, since), sleep(random.integer(short ? 500 : 4000))]);
      } finally {
        await nats.start();
      }
      await served(cluster.nodes, performance.now());
    },
  };
}

/** It has forgotten what it had stored. */
export function wipeNats(nats: NatsServer): Fault {
  return {
    name: 'NATS lost its store',
    times: { short: 1, long: 10 },
    async strike({ cluster, served }) {
      const since = performance.now();
      await nats.kill();
      nats.wipe();
      await nats.start();
      await served(cluster.nodes, since);
    },
  };
}

/** It takes what is sent and answers nothing. */
export function freezeNats(nats: NatsServer): Fault {
  return {
    name: 'SIGSTOP of NATS',
    times: { short: 1, long: 10 },
    async strike({ cluster, short, served }) {
      const since = performance.now();
      await nats.freeze();
      try {
        await Promise.all([served(cluster.nodes, since), sleep(short ? 700 : 7000)]);
      } finally {
        nats.goOn();
      }
      await served(cluster.nodes, performance.now());
    },
  };
}
