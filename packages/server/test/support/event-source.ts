/** One event of a server-sent stream. */
export interface SentEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** A server-sent stream, event by event. */
export interface TestEventSource extends AsyncDisposable {
  readonly status: number;
  readonly headers: Headers;
  /** Everything that has arrived. */
  readonly events: readonly SentEvent[];
  /** The next event that is not known yet; null when the stream is over. */
  next(): Promise<SentEvent | null>;
  /** Reads to the end. */
  rest(): Promise<readonly SentEvent[]>;
}

export async function openEventSource(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<TestEventSource> {
  const leaving = new AbortController();
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: leaving.signal,
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const events: SentEvent[] = [];
  let text = '';
  const next = async (): Promise<SentEvent | null> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end === -1) {
        const { done, value } = await reader.read();
        if (done) return null;
        text += value;
        continue;
      }
      const lines = text.slice(0, end).split('\n').filter(Boolean);
      text = text.slice(end + 2);
      if (lines.length === 0) continue;
      const field = (name: string) =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const event = { event: field('event') ?? 'message', data: field('data') ?? '', id: field('id') };
      events.push(event);
      return event;
    }
  };
  return {
    status: response.status,
    headers: response.headers,
    events,
    next,
    async rest() {
      while ((await next()) !== null);
      return events;
    },
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await reader.cancel().catch(() => undefined);
    },
  };
}
