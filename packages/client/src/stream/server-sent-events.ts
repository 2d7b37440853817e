import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { Credentials } from '../credentials.ts';
import { isCountersignError, recordOf } from '../error.ts';
import { failureOf } from '../failure.ts';
import type { FetchFunction } from '../options.ts';
import type { Wire } from '../transformer.ts';
import type { Timing } from './timing.ts';
import type { Ending, StreamCall, StreamSink } from './transport.ts';

export interface ServerSentEventsOptions {
  readonly url: string;
  readonly wire: Wire;
  readonly fetch: FetchFunction;
  readonly timing: Timing;
  readonly credentials: Credentials;
  /** The answer is a stream of events: nothing between here and the server stands in its way. */
  readonly onOpen: () => void;
  /** Something came that only a working connection brings. */
  readonly onProof: () => void;
}

/**
 * One subscription as one streamed answer, in the events that tRPC writes. Not the browser's EventSource: that
 * cannot send a header, and repeats by itself every 3 s, all clients at once.
 */
export async function readServerSentEvents(
  options: ServerSentEventsOptions,
  call: StreamCall,
  sink: StreamSink,
  stop: AbortSignal,
): Promise<Ending> {
  const { wire, timing, credentials } = options;
  const url = urlOf(options, call);
  const authorization = await credentials.authorization();
  const presented = await credentials.presented(authorization, 'GET', url);
  const controller = new AbortController();
  const cut = (): void => controller.abort();
  stop.addEventListener('abort', cut);
  let silenceMilliseconds: number | undefined;
  let timer = setTimeout(cut, timing.openMilliseconds); // Until the first word, which tRPC says at once.
  let standing: ReturnType<typeof setTimeout> | undefined;
  let accepted = false;
  let ending: Ending | undefined;

  /** tRPC says even a refusal in the stream, after its first word: only what follows, or nothing for a while, tells. */
  function accept(): void {
    accepted = true;
    options.onProof();
  }

  function understand({ event, id, data }: EventSourceMessage): void {
    if (event === 'ping') {
      accept();
    } else if (event === undefined || event === 'message') {
      accept();
      sink.event(id === '' ? undefined : id, wire.output.deserialize(JSON.parse(data)));
    } else if (event === 'connected') {
      const { reconnectAfterInactivityMs } = recordOf(JSON.parse(data));
      if (typeof reconnectAfterInactivityMs === 'number') silenceMilliseconds = reconnectAfterInactivityMs;
    } else if (event === 'serialized-error') {
      ending = { kind: 'refused', error: failureOf(wire.output.deserialize(JSON.parse(data))) };
    } else if (event === 'return') {
      ending = { kind: 'complete' };
    }
  }

  /** A credential that was accepted before may have run out meanwhile; a new one deserves a new connection. */
  async function refusal(error: unknown): Promise<Ending> {
    if (!isCountersignError(error, 'unauthenticated')) return { kind: 'refused', error };
    const isOutdated = (await credentials.authorization()) !== authorization;
    return isOutdated && accepted ? { kind: 'cut' } : { kind: 'refused', error, isOutdated };
  }

  try {
    const response = await options.fetch(url, {
      headers: { accept: 'text/event-stream', ...presented },
      cache: 'no-store',
      signal: controller.signal,
    });
    if (!isEventStream(response)) return await refusal(await errorOf(response, wire));
    options.onOpen();
    standing = setTimeout(accept, timing.openMilliseconds);
    const parser = createParser({ onEvent: understand });
    const decoder = new TextDecoder();
    const reader = response.body?.getReader();
    while (reader && ending === undefined) {
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(timer);
      try {
        parser.feed(decoder.decode(value, { stream: true }));
      } catch (error) {
        return { kind: 'refused', error }; // The transformer cannot read it, nor anything that follows.
      }
      if (silenceMilliseconds !== undefined) timer = setTimeout(cut, silenceMilliseconds);
    }
    return ending?.kind === 'refused' ? await refusal(ending.error) : (ending ?? { kind: 'cut' });
  } finally {
    clearTimeout(timer);
    clearTimeout(standing);
    stop.removeEventListener('abort', cut);
    cut();
  }
}

/** `…/trpc/event.stream?input=…`, as tRPC's own link writes it. */
function urlOf({ url, wire }: ServerSentEventsOptions, { path, input, lastEventId }: StreamCall): string {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/$/, '')}/${path}`;
  const resumed = lastEventId === undefined ? input : { ...recordOf(input), lastEventId };
  address.searchParams.set('input', JSON.stringify(wire.input.serialize(resumed)));
  return address.href;
}

function isEventStream(response: Response): boolean {
  return response.ok && response.headers.get('content-type')?.includes('text/event-stream') === true;
}

async function errorOf(response: Response, wire: Wire): Promise<unknown> {
  const { error } = recordOf(await response.json().catch(() => undefined));
  return failureOf(
    error === undefined ? new Error(`HTTP ${response.status}`) : wire.output.deserialize(error),
  );
}
