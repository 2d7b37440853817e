import { getTRPCErrorFromUnknown, type TrackedEnvelope } from '@trpc/server';
import { problemOf } from '../error/problem.ts';
import { streamLimits } from '../stream/limits.ts';

export interface ServerSentOptions {
  /** Tells the stream that it is over: nobody reads it, or its time has passed. */
  readonly leaving: AbortController;
  readonly pingMilliseconds?: number;
  readonly durationMilliseconds?: number;
}

type Sent = TrackedEnvelope<{ readonly type?: string }>;

const quiet = Symbol('quiet');

/**
 * A stream of ours in the form of server-sent events (WHATWG HTML, §9.2), in plain JSON: `id`, `event` its type, `data`
 * the event. It says by a comment that it lives. When it is complete it says `end`; one that ends without a word was
 * cut, or its server stops, and is resumed by `Last-Event-ID`. What fails is told as `problem`.
 *
 * Written here and not by tRPC's own producer, whose format is between tRPC and its client.
 */
export function serverSentEvents(
  events: AsyncIterable<Sent>,
  {
    leaving,
    pingMilliseconds = streamLimits.pingMilliseconds,
    durationMilliseconds = streamLimits.durationMilliseconds,
  }: ServerSentOptions,
): ReadableStream<Uint8Array> {
  const iterator = events[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  const late = setTimeout(() => leaving.abort(), durationMilliseconds).unref();
  let waiting: Promise<IteratorResult<Sent>> | undefined;
  let begun = false;

  async function next(): Promise<{ readonly text: string; readonly isOver: boolean }> {
    waiting ??= iterator.next();
    try {
      const result = await orQuiet(pingMilliseconds, waiting);
      if (result === quiet) return { text: ': ping\n\n', isOver: false };
      waiting = undefined;
      if (result.done !== true) return { text: written(result.value), isOver: false };
      return { text: leaving.signal.aborted ? '' : message('end', {}), isOver: true };
    } catch (cause) {
      return { text: message('problem', problemOf(getTRPCErrorFromUnknown(cause))), isOver: true };
    }
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!begun) {
          // The first bytes bring the headers on their way, however long the first event takes.
          begun = true;
          controller.enqueue(encoder.encode(': open\n\n'));
          return;
        }
        const { text, isOver } = await next();
        if (text !== '') controller.enqueue(encoder.encode(text));
        if (!isOver) return;
        clearTimeout(late);
        controller.close();
      },
      async cancel() {
        clearTimeout(late);
        leaving.abort();
        await iterator.return?.().catch(() => undefined);
      },
    },
    // Nothing is read ahead of the connection.
    { highWaterMark: 0 },
  );
}

function written([id, event]: Sent): string {
  return `id: ${id}\n${message(event.type ?? 'message', event)}`;
}

/** JSON has no line feeds of its own. */
function message(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

async function orQuiet<Result>(
  milliseconds: number,
  result: Promise<Result>,
): Promise<Result | typeof quiet> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<typeof quiet>((resolve) => {
    timer = setTimeout(resolve, milliseconds, quiet);
  });
  try {
    return await Promise.race([result, silence]);
  } finally {
    clearTimeout(timer);
  }
}
