import { connect } from 'node:net';
import { startTimeoutMs, type Cluster, type Postmaster } from './cluster.ts';
import { commandLine } from './command-line.ts';
import { readPostmaster } from './postmaster-file.ts';
import { identifyProcess, isRunning } from './process-identity.ts';
import { socketPath } from './socket-directory.ts';
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
  await until(() => !isRunning(identity) || readPostmaster(cluster.data)?.status === 'ready', startTimeoutMs);
  const settled = readPostmaster(cluster.data);
  if (settled !== undefined) {
    const { socketDirectory } = settled;
    if (settled.command === commandLine(cluster, socketDirectory) && (await accepts(socketDirectory))) {
      cluster.log(`adopted the PostgreSQL that a previous run left running (process ${identity.pid})`);
      return { identity, socketDirectory, adopted: true };
    }
    cluster.log(`stopping the PostgreSQL that a previous run left running (process ${identity.pid})`);
  }
  await stopPostmaster(identity, found.socketDirectory);
  return undefined;
}

function accepts(socketDirectory: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath(socketDirectory));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
