/** The server-sent streams that are open. */
export interface EventStreams {
  /** The same answer; when it is a stream, it will end with the others. */
  keep(answer: Response): Response;
  /**
   * Ends all of them, and every later one, without saying that they are complete: then a client of
   * server-sent events reconnects and resumes after the last event it got.
   */
  end(): void;
}

const over = { done: true, value: undefined } as const;

export function createEventStreams(): EventStreams {
  const open = new Set<() => void>();
  let ended = false;
  return {
    keep(answer) {
      // The body last: to look at it makes @hono/node-server build a stream around what was a text.
      if (!isEventStream(answer) || answer.body === null) return answer;
      const reader: ReadableStreamDefaultReader<Uint8Array> = answer.body.getReader();
      const cancel = () => {
        open.delete(cancel);
        reader.cancel().catch(() => undefined);
      };
      open.add(cancel);
      if (ended) cancel();
      // Nothing is read ahead of the connection, so that a client that does not read holds its stream up.
      const body = new ReadableStream<Uint8Array>(
        {
          async pull(controller) {
            // tRPC sends an error of the stream as an event of it; what breaks beyond that only ends it.
            const { done, value } = await reader.read().catch(() => over);
            if (!done) return controller.enqueue(value);
            open.delete(cancel);
            controller.close();
          },
          cancel,
        },
        { highWaterMark: 0 },
      );
      return new Response(body, answer);
    },
    end() {
      ended = true;
      for (const cancel of open) cancel();
    },
  };
}

export function isEventStream(answer: Response): boolean {
  return answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
}
