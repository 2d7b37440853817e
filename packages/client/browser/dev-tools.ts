import type { Readable, Writable } from 'node:stream';

/** What a test says to the one page of a browser, by the Chrome DevTools Protocol. */
export interface DevTools {
  /** @throws Error with what the browser says of a command that it refuses. */
  send(method: string, params?: object): Promise<Record<string, unknown>>;
  /** Until this event comes the next time. */
  next(event: string): Promise<void>;
  /** The value of an expression, awaited, as JSON. @throws Error with what the page threw. */
  evaluate(expression: string): Promise<unknown>;
  /** What a page should not have to say: its console, errors that nobody caught, what the browser notes beside. */
  readonly trouble: readonly string[];
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

interface Evaluated {
  readonly result: { readonly value?: unknown };
  readonly exceptionDetails?: {
    readonly text: string;
    readonly exception?: { readonly description?: string };
  };
}

const troubling = new Set(['Runtime.consoleAPICalled', 'Runtime.exceptionThrown', 'Log.entryAdded']);

/** Messages are JSON, each ended by a zero byte (`--remote-debugging-pipe`). */
export async function openDevTools(output: Writable, input: Readable): Promise<DevTools> {
  const asked = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  const awaited = new Map<string, () => void>();
  const trouble: string[] = [];
  let count = 0;
  let session = {};
  let unread = '';

  function take({ id, method = '', params, result, error }: Message): void {
    if (id !== undefined) {
      if (error) asked.get(id)?.reject(new Error(error.message));
      else asked.get(id)?.resolve(result ?? {});
      asked.delete(id);
      return;
    }
    if (troubling.has(method)) trouble.push(JSON.stringify(params));
    awaited.get(method)?.();
  }
  input.setEncoding('utf8').on('data', (text: string) => {
    const messages = `${unread}${text}`.split('\0');
    unread = messages.pop() ?? '';
    for (const message of messages) take(JSON.parse(message) as Message);
  });
  // Whoever waits for a browser that is gone waits no longer.
  input.on('close', () => {
    for (const { reject } of asked.values()) reject(new Error('the browser is gone'));
  });

  async function send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    count += 1;
    const answer = Promise.withResolvers<Record<string, unknown>>();
    asked.set(count, answer);
    output.write(`${JSON.stringify({ id: count, method, params, ...session })}\0`);
    return await answer.promise;
  }

  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  session = { sessionId };
  for (const domain of ['Page', 'Runtime', 'Log']) await send(`${domain}.enable`);

  return {
    send,
    next: (event) => new Promise((resolve) => awaited.set(event, resolve)),
    async evaluate(expression) {
      const how = { awaitPromise: true, returnByValue: true, userGesture: true };
      const answer: unknown = await send('Runtime.evaluate', { expression, ...how });
      const { result, exceptionDetails: thrown } = answer as Evaluated;
      if (thrown) throw new Error(thrown.exception?.description ?? thrown.text);
      return result.value;
    },
    trouble,
  };
}
