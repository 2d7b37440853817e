import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import type { CountersignErrorData } from '../../src/index.ts';

/** What a socket server sent, decoded. */
export interface SocketAnswer {
  readonly id: string | number | null;
  readonly method?: 'reconnect';
  readonly result?: {
    readonly type: string;
    readonly id?: string;
    readonly data?: { readonly json: unknown };
  };
  readonly error?: { readonly json: { readonly message: string; readonly data: CountersignErrorData } };
}

/** A WebSocket, frame by frame. */
export interface TestSocket extends Disposable {
  readonly raw: WebSocket;
  /** Everything that has arrived. */
  readonly answers: readonly SocketAnswer[];
  /** Sends a text as it is, anything else as JSON. */
  send(frame: unknown): void;
  /** The first answer, arrived or to arrive, of which this holds; rejects when the socket closes without one. */
  answer(wanted: (answer: SocketAnswer) => boolean): Promise<SocketAnswer>;
  /** The answer to a call. */
  call(method: 'query' | 'mutation', path: string, input?: unknown): Promise<SocketAnswer>;
  /** Begins a stream; resolves with `started`, or the refusal. */
  subscribe(path: string, input?: unknown, id?: string | number): Promise<SocketAnswer>;
  readonly closed: Promise<number>;
}

export interface TestSocketOptions extends ClientOptions {
  /** Connection parameters; undefined sends none and announces none. */
  readonly params?: unknown;
  readonly path?: string;
}

/** @throws Error naming the status when the upgrade is refused. */
export async function openSocket(
  port: number,
  { params, path = '/trpc', ...options }: TestSocketOptions = {},
): Promise<TestSocket> {
  const query = params === undefined ? '' : '?connectionParams=1';
  const raw = new WebSocket(`ws://localhost:${port}${path}${query}`, options);
  const answers: SocketAnswer[] = [];
  const watchers = new Set<() => void>();
  let isClosed = false;
  const closed = new Promise<number>((resolve) => {
    raw.once('close', (code) => {
      isClosed = true;
      for (const watch of watchers) watch();
      resolve(code);
    });
  });
  raw.on('message', (data: Buffer) => {
    const text = data.toString();
    if (text === 'PONG') return;
    answers.push(JSON.parse(text) as SocketAnswer);
    for (const watch of watchers) watch();
  });
  await once(raw, 'open');
  raw.on('error', () => undefined);

  const send = (frame: unknown) => raw.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  if (params !== undefined) send({ method: 'connectionParams', data: params });
  let lastId = 0;
  const answer: TestSocket['answer'] = (wanted) =>
    new Promise((resolve, reject) => {
      const watch = () => {
        const found = answers.find(wanted);
        if (found !== undefined) resolve(found);
        else if (isClosed) reject(new Error(`closed without it: ${JSON.stringify(answers)}`));
        else return;
        watchers.delete(watch);
      };
      watchers.add(watch);
      watch();
    });
  return {
    raw,
    answers,
    send,
    answer,
    call(method, path_, input) {
      const id = (lastId += 1);
      send({
        id,
        method,
        params: { path: path_, ...(input === undefined ? {} : { input: { json: input } }) },
      });
      return answer((one) => one.id === id);
    },
    subscribe(path_, input, id = (lastId += 1)) {
      const known = answers.length;
      send({
        id,
        method: 'subscription',
        params: { path: path_, ...(input === undefined ? {} : { input: { json: input } }) },
      });
      return answer((one) => one.id === id && answers.indexOf(one) >= known);
    },
    closed,
    [Symbol.dispose]: () => raw.terminate(),
  };
}

/** Frames sent until the socket closed; resolves with the code. */
export function reasonOf({ error }: SocketAnswer): string | undefined {
  return error?.json.data.reason;
}
