/** One subscription as it is sent. */
export interface StreamCall {
  readonly path: string;
  readonly input: unknown;
  /** The last event that the consumer has taken; the answer goes on after it. */
  readonly lastEventId: string | undefined;
}

/** How one subscription over one connection ended. */
export type Ending =
  /** The server has said that nothing more will come. */
  | { readonly kind: 'complete' }
  /**
   * The server has answered with an error, or the application's token function threw. `isOutdated`: it was the
   * token that was refused, and there is another one by now.
   */
  | { readonly kind: 'refused'; readonly error: unknown; readonly isOutdated?: boolean }
  /** The connection is lost, or never was. */
  | { readonly kind: 'cut' };

/** Where a connection puts what arrives. It never asks twice and never repeats: resuming is the stream's. */
export interface StreamSink {
  event(id: string | undefined, data: unknown): void;
  /** The last thing that is said. */
  end(ending: Ending): void;
}

export interface StreamTransport {
  /** Subscribes once. Given the signal, the server is told to stop and the sink hears nothing more. */
  open(call: StreamCall, sink: StreamSink, signal: AbortSignal): void;
  /** Cuts whatever is open. */
  close(): void;
}
