import type { Fault, Scene } from '../fault.ts';

/** As a power cut of the database: what was committed is there afterwards. */
export const stopPostgresImmediately: Fault = {
  name: 'PostgreSQL, immediate stop',
  times: { short: 1, long: 40 },
  strike: (scene) => stopPostgres(scene, 'SIGQUIT'),
};

export const stopPostgresFast: Fault = {
  name: 'PostgreSQL, fast stop',
  times: { short: 0, long: 10 },
  strike: (scene) => stopPostgres(scene, 'SIGINT'),
};

async function stopPostgres({ cluster, served }: Scene, signal: 'SIGQUIT' | 'SIGINT'): Promise<void> {
  const since = performance.now();
  await cluster.postgres.stop(signal);
  await cluster.postgres.start();
  await served(cluster.nodes, since);
}
