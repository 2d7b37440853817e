import type { Fault, Scene } from '../fault.ts';

/** The connection over which a node hears of commits is gone: it polls, and hears again. */
export const endListening: Fault = {
  name: 'dead LISTEN connection',
  times: { short: 1, long: 20 },
  strike: (scene) => endConnections(scene, 'countersign listen'),
};

export const endEveryConnection: Fault = {
  name: 'all connections to PostgreSQL ended',
  times: { short: 1, long: 10 },
  strike: (scene) => endConnections(scene, 'countersign%'),
};

async function endConnections({ cluster, served }: Scene, name: string): Promise<void> {
  const since = performance.now();
  await cluster.postgres.sql.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE $1',
    [name],
  );
  await served(cluster.nodes, since);
}
