import type { ConnectionState } from '@countersign/client';
import { useSyncExternalStore } from 'react';

let state: ConnectionState = 'connected';
const listeners = new Set<() => void>();

export function tellConnection(next: ConnectionState): void {
  state = next;
  for (const listener of listeners) listener();
}

/** Whether the stream of what happens is there just now. */
export function useConnection(): ConnectionState {
  return useSyncExternalStore(listen, () => state);
}

function listen(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}
