import { TokenFailure } from '../credentials.ts';
import { isCountersignError } from '../error.ts';
import type { Gate } from './gate.ts';
import type { ServerSentEventsOptions } from './server-sent-events.ts';
import type { Ending, StreamCall, StreamSink, StreamTransport } from './transport.ts';

export interface EventSourceTransportOptions extends Omit<ServerSentEventsOptions, 'onProof'> {
  readonly gate: Gate;
  readonly onLost: () => void;
}

/**
 * Every stream in an answer of its own, for networks that let no WebSocket through. What reads them is loaded
 * when the first one is asked for.
 */
export function createEventSourceTransport({
  gate,
  onLost,
  ...options
}: EventSourceTransportOptions): StreamTransport {
  const closing = new AbortController();

  async function read(call: StreamCall, sink: StreamSink, signal: AbortSignal): Promise<Ending> {
    await gate.wait();
    if (signal.aborted) return { kind: 'cut' };
    try {
      const { readServerSentEvents } = await import('./server-sent-events.ts');
      const proven = {
        ...options,
        onOpen() {
          gate.opened();
          options.onOpen();
        },
        onProof: () => gate.succeeded(),
      };
      const ending = await readServerSentEvents(proven, call, sink, signal);
      const isLost = ending.kind === 'cut' || isConnectionFailure(ending);
      return isLost ? lost() : ending;
    } catch (error) {
      if (error instanceof TokenFailure) return { kind: 'refused', error: error.cause };
      return lost();
    }

    function lost(): Ending {
      if (signal.aborted) return { kind: 'cut' };
      gate.failed();
      onLost();
      return { kind: 'cut' };
    }
  }

  return {
    open(call, sink, signal) {
      const stop = AbortSignal.any([signal, closing.signal]);
      void read(call, sink, stop).then((ending) => sink.end(ending));
    },
    close: () => closing.abort(),
  };
}

function isConnectionFailure(ending: Ending): boolean {
  return ending.kind === 'refused' && isCountersignError(ending.error, 'connection_failed');
}
