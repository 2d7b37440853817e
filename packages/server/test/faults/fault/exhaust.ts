import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Fault } from '../fault.ts';

/** Somebody holds a table: every connection of every pool waits, and the calls behind them. */
export const exhaustPools: Fault = {
  name: 'pools exhausted',
  times: { short: 1, long: 10 },
  async strike({ cluster, short, served }) {
    const client = await cluster.postgres.sql.connect();
    try {
      await client.query('BEGIN; LOCK TABLE countersign.authorization_request IN ACCESS EXCLUSIVE MODE');
      await sleep(short ? 500 : 4000);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    await served(cluster.nodes, performance.now());
  },
};

/** PostgreSQL has no connection left, and the nodes have lost theirs. */
export const exhaustConnections: Fault = {
  name: 'connections of PostgreSQL exhausted',
  times: { short: 0, long: 10 },
  async strike({ cluster, short, served }) {
    const { host } = cluster.postgres;
    const taken: pg.Client[] = [];
    try {
      for (const node of cluster.nodes) node.database.reset();
      for (;;) {
        const client = new pg.Client({ host, user: 'postgres', database: 'postgres' });
        client.on('error', () => undefined);
        const isIn = await client.connect().then(
          () => true,
          () => false,
        );
        if (!isIn) break;
        taken.push(client);
      }
      await sleep(short ? 300 : 3000);
    } finally {
      await Promise.all(taken.map((client) => client.end()));
    }
    await served(cluster.nodes, performance.now());
  },
};
