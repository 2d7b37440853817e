/** What a stream writes into: one WebSocket or one event-source answer, shared by all its streams. */
export interface Connection {
  /** Resolves when little enough waits unsent on this connection; rejects when it is closed. */
  ready(signal: AbortSignal): Promise<void>;
}
