import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeoutMs, type Cluster, type Postmaster } from './cluster.ts';
import { postmasterArguments } from './command-line.ts';
import { EmbeddedPostgresError } from './error.ts';
import { readPostmaster, removeStaleLocks } from './postmaster-file.ts';
import { identifyProcess } from './process-identity.ts';
import { runProgram } from './run-program.ts';
import { makeSocketDirectory } from './socket-directory.ts';
import { stopPostmaster } from './stop-postmaster.ts';
import { until } from './until.ts';

const orphansTimeoutMs = 10_000;
const logFileBytesMax = 1 << 20;

/**
 * Starts PostgreSQL and waits until it takes connections. After a kill -9 of PostgreSQL itself, its
 * server processes need a moment to notice and to end; until then it refuses to start.
 */
export async function launchPostmaster(cluster: Cluster): Promise<Postmaster> {
  await removeStaleLocks(cluster.data);
  const deadline = performance.now() + orphansTimeoutMs;
  for (;;) {
    try {
      return await launchOnce(cluster);
    } catch (error) {
      const waits = error instanceof EmbeddedPostgresError && error.message.includes('shared memory block');
      if (!waits || performance.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

async function launchOnce(cluster: Cluster): Promise<Postmaster> {
  const socketDirectory = await makeSocketDirectory(cluster.data, cluster.user);
  const child = spawnPostmaster(cluster, socketDirectory);
  let ending: string | undefined;
  child.once('error', (error) => (ending = error.message));
  child.once('exit', (code, signal) => (ending ??= String(signal ?? code)));

  const isReady = (): boolean => {
    const found = readPostmaster(cluster.data);
    return found?.pid === child.pid && found?.status === 'ready';
  };
  await until(() => ending !== undefined || isReady(), startTimeoutMs);
  const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
  if (identity !== undefined && isReady()) return { identity, socketDirectory, adopted: false };

  if (identity !== undefined) await stopPostmaster(identity, socketDirectory);
  throw new EmbeddedPostgresError(
    'start_failed',
    `PostgreSQL did not start (${ending ?? 'no answer'}). The end of ${cluster.logFile}:\n${endOf(cluster.logFile)}`,
  );
}

/** Its log is a file, not a pipe: a pipe would break when this process is killed and the database lives on. */
function spawnPostmaster(cluster: Cluster, socketDirectory: string): ChildProcess {
  const size = statSync(cluster.logFile, { throwIfNoEntry: false })?.size ?? 0;
  const output = openSync(cluster.logFile, size > logFileBytesMax ? 'w' : 'a', 0o600);
  try {
    const args = postmasterArguments(cluster, socketDirectory);
    const child = runProgram(cluster.binaries.postgres, args, cluster.user, ['ignore', output, output]);
    child.unref(); // a database must not keep a finished program alive
    return child;
  } finally {
    closeSync(output);
  }
}

function endOf(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
}
