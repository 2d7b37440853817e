import { isRunning, type ProcessIdentity } from './process-identity.ts';
import { removeSocketDirectory } from './socket-directory.ts';
import { until } from './until.ts';

const fastStopTimeoutMs = 30_000;
const immediateStopTimeoutMs = 10_000;

/**
 * Fast shutdown: open connections are closed, running transactions rolled back, everything written.
 * Past the time limit an immediate one: as safe as a power cut, the next start recovers.
 */
export async function stopPostmaster(identity: ProcessIdentity, socketDirectory: string): Promise<void> {
  for (const [signal, timeoutMs] of [
    ['SIGINT', fastStopTimeoutMs],
    ['SIGQUIT', immediateStopTimeoutMs],
    ['SIGKILL', immediateStopTimeoutMs],
  ] as const) {
    signalPostmaster(identity, signal);
    if (await until(() => !isRunning(identity), timeoutMs)) break;
  }
  await removeSocketDirectory(socketDirectory);
}

/** Sends a signal to exactly this process; one that has ended needs none. */
export function signalPostmaster(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
