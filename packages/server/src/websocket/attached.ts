/** WebSockets on `/trpc` of a server. Alone here, so that our declarations ask nobody for those of `ws`. */
export interface AttachedWebSocket {
  /** Connections that are open. */
  readonly connections: number;
  /**
   * Takes no new connection, tells every client to reconnect elsewhere, lets calls in progress finish for 5 s
   * and closes with 1012. The server itself stays as it is.
   */
  close(): Promise<void>;
}
