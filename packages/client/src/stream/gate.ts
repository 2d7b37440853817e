import type { Backoff } from '../backoff.ts';
import { pause } from '../pause.ts';

/** Whether streams are served just now; between the two they are being taken up again. */
export type ConnectionState = 'connected' | 'reconnecting';

/** What all attempts to connect of one client pass: after a failure they wait together. */
export interface Gate {
  wait(): Promise<void>;
  /** A server serves a stream. */
  opened(): void;
  /** A connection was good for something. */
  succeeded(): void;
  /** A connection was lost or could not be made. */
  failed(): void;
}

export function createGate(
  backoff: Backoff,
  closing: AbortSignal,
  onConnection: (state: ConnectionState) => void = () => undefined,
): Gate {
  let waiting: Promise<void> | undefined;
  let last: ConnectionState | undefined;

  /** In a turn of its own: what the listener throws is its own affair. */
  function tell(state: ConnectionState): void {
    if (state === last || closing.aborted) return;
    last = state;
    queueMicrotask(() => onConnection(state));
  }

  return {
    wait: async () => waiting,
    opened: () => tell('connected'),
    succeeded: () => backoff.reset(),
    failed() {
      tell('reconnecting');
      waiting ??= pause(backoff.next(), closing).then(() => (waiting = undefined));
    },
  };
}
