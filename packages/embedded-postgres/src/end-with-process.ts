import { signalPostmaster } from './stop-postmaster.ts';
import type { ProcessIdentity } from './process-identity.ts';

const live = new Set<ProcessIdentity>();

/**
 * Tells the postmaster to stop when this process ends without having called `stop()`, and returns the
 * function that forgets it. Only the `exit` event is used, in which nothing can be awaited: a library
 * that handled signals would change what Ctrl-C does in the program it serves. What ends without that
 * event (kill -9, a signal nobody handles) leaves PostgreSQL running, and the next start adopts it.
 */
export function endWithProcess(identity: ProcessIdentity): () => void {
  if (live.size === 0) process.on('exit', stopAll);
  live.add(identity);
  return () => {
    live.delete(identity);
    if (live.size === 0) process.off('exit', stopAll);
  };
}

function stopAll(): void {
  for (const identity of live) signalPostmaster(identity, 'SIGINT');
}
