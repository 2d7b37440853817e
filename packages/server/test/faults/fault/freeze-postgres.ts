import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';

/** The processes of PostgreSQL that serve our nodes stand still, with the locks they hold. */
export const freezePostgres: Fault = {
  name: 'SIGSTOP of PostgreSQL’s processes',
  times: { short: 1, long: 10 },
  async strike({ cluster, short, served }) {
    const backends = await cluster.postgres.backends();
    signalAll(backends, 'SIGSTOP');
    try {
      await sleep(short ? 500 : 6000);
    } finally {
      signalAll(backends, 'SIGCONT');
    }
    await served(cluster.nodes, performance.now());
  },
};

/** One that has ended by itself needs no signal. */
function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
