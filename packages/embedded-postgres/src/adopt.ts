import { answers } from './answers.ts';
import { startTimeoutMs, type Cluster, type Postmaster } from './cluster.ts';
import { commandLine } from './command-line.ts';
import { readPostmaster } from './postmaster-file.ts';
import { identifyProcess, isRunning } from './process-identity.ts';
import { stopPostmaster } from './stop-postmaster.ts';
import { until } from './until.ts';

/**
 * Takes over the PostgreSQL that a killed process left running. One that would have been started
 * otherwise (other binaries, other settings, a folder that was renamed since) is stopped instead.
 */
export async function adoptPostmaster(cluster: Cluster): Promise<Postmaster | undefined> {
  const found = readPostmaster(cluster.data);
  const identity = found && identifyProcess(found.pid);
  if (found === undefined || identity === undefined) return undefined;

  // It may be on its way up, or on its way down.
  await until(() => !isRunning(identity) || isReady(cluster), startTimeoutMs);
  const settled = readPostmaster(cluster.data);
  if (settled !== undefined) {
    const { socketDirectory } = settled;
    const isOurs = settled.command === commandLine(cluster, socketDirectory);
    if (isOurs && (await answers(socketDirectory, startTimeoutMs)) && isReady(cluster)) {
      cluster.log(`adopted the PostgreSQL that a previous run left running (process ${identity.pid})`);
      return { identity, socketDirectory, adopted: true };
    }
    cluster.log(`stopping the PostgreSQL that a previous run left running (process ${identity.pid})`);
  }
  await stopPostmaster(identity, found.socketDirectory);
  return undefined;
}

/** After an answer it says so truly: a request to stop that came before is noticed by then. */
function isReady(cluster: Cluster): boolean {
  return readPostmaster(cluster.data)?.status === 'ready';
}
