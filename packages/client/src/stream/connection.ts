import { TokenFailure, type Credentials, type Presented } from '../credentials.ts';
import { isCountersignError, recordOf } from '../error.ts';
import { failureOf } from '../failure.ts';
import { chance } from '../runtime.ts';
import type { Wire } from '../transformer.ts';
import { createHeartbeat, type Heartbeat } from './heartbeat.ts';
import type { Timing } from './timing.ts';
import type { Ending, StreamCall, StreamSink } from './transport.ts';

export interface ConnectionOptions {
  readonly url: string;
  readonly WebSocket: typeof WebSocket;
  readonly wire: Wire;
  /** Asked when it opens, and again when it is refused later on. */
  readonly credentials: Credentials;
  /** Resolves when it is time to connect. */
  readonly admission: () => Promise<void>;
  readonly timing: Timing;
  /** Nothing new is to be subscribed here. */
  readonly onRetire: () => void;
  /** A subscription is served. */
  readonly onAccepted: () => void;
  /** Something came that only a working connection brings. */
  readonly onProof: () => void;
  /** Lost. `heard`: something had arrived over it. */
  readonly onLost: (heard: boolean) => void;
  /** Nothing of it is left. */
  readonly onOver: () => void;
}

/** One WebSocket from its opening to its end, shared by the subscriptions of one client. */
export interface Connection {
  subscribe(call: StreamCall, sink: StreamSink, signal: AbortSignal): void;
  close(): void;
}

interface Subscription {
  readonly call: StreamCall;
  readonly sink: StreamSink;
}

/** Speaks tRPC's protocol over a WebSocket (trpc.io/docs/rpc), with its `connectionParams`, `PING` and `reconnect`. */
export function openConnection(options: ConnectionOptions): Connection {
  const { url, wire, timing, credentials } = options;
  const subscriptions = new Map<unknown, Subscription>();
  let socket: WebSocket | undefined;
  let heartbeat: Heartbeat | undefined;
  let state: 'opening' | 'open' | 'over' = 'opening';
  let authorization: string | undefined;
  let presented: Presented = {};
  let renewal: Promise<string | undefined> | undefined;
  let lastId = 0;
  let heard = false;
  let accepted = false;
  let idleTimer: ReturnType<typeof setTimeout> | undefined;
  let moveTimer: ReturnType<typeof setTimeout> | undefined;

  open().catch(fail);

  async function open(): Promise<void> {
    await options.admission();
    authorization = await credentials.authorization();
    presented = await credentials.presented(authorization, 'GET', url.replace(/^ws/, 'http'));
    if (state === 'over') return;
    heartbeat = createHeartbeat(timing, () => socket?.send('PING'), lose);
    const address = new URL(url);
    if (authorization !== undefined) address.searchParams.set('connectionParams', '1');
    socket = new options.WebSocket(address.href);
    socket.addEventListener('open', begin);
    socket.addEventListener('message', ({ data }) => hear(data));
    socket.addEventListener('close', lose);
    socket.addEventListener('error', lose);
  }

  function begin(): void {
    if (state === 'over') return;
    state = 'open';
    heartbeat?.heard();
    if (authorization !== undefined) send({ method: 'connectionParams', data: presented });
    for (const [id, { call }] of subscriptions) request(id, call);
  }

  function send(message: object): void {
    socket?.send(JSON.stringify(message));
  }

  function request(id: unknown, { path, input, lastEventId }: StreamCall): void {
    send({
      id,
      method: 'subscription',
      params: { path, input: wire.input.serialize(input), lastEventId },
    });
  }

  function hear(data: unknown): void {
    if (state === 'over') return;
    heard = true;
    heartbeat?.heard();
    if (data === 'PING') return socket?.send('PONG');
    if (data === 'PONG') return options.onProof();
    let message: unknown;
    try {
      message = JSON.parse(String(data));
    } catch {
      return lose(); // What is no message of tRPC's comes from something that stands between.
    }
    try {
      understand(recordOf(message));
    } catch (error) {
      refuse(error); // The transformer cannot read it, nor anything that follows.
    }
  }

  function understand({ id, method, error, result }: Readonly<Record<string, unknown>>): void {
    if (method === 'reconnect') return move();
    if (error !== undefined) return judge(id, failureOf(wire.output.deserialize(error)));
    const subscription = subscriptions.get(id);
    if (subscription === undefined) return;
    if (!accepted) options.onAccepted();
    accepted = true;
    const { type, id: eventId, data } = recordOf(result);
    if (type === 'stopped') return settle(id, { kind: 'complete' });
    if (type !== 'data') return;
    options.onProof();
    const value = wire.output.deserialize(data);
    if (typeof eventId === 'string') subscription.sink.event(eventId, recordOf(value)['data']);
    else subscription.sink.event(undefined, value);
  }

  /**
   * A credential that was accepted before may have run out meanwhile; a new one deserves a new connection.
   * All streams of this one are told so at the same moment, and the application is asked once. Until it answers,
   * the stream is out of reach for tRPC's `stopped`, which follows every error.
   */
  function judge(id: unknown, error: unknown): void {
    const subscription = subscriptions.get(id);
    const judged = Symbol();
    if (subscriptions.delete(id) && subscription) subscriptions.set(judged, subscription);
    const refused = (isOutdated: boolean): void => {
      if (isOutdated) options.onRetire();
      const ending = { kind: 'refused', error, isOutdated } as const;
      if (id === null) finish(ending);
      else settle(judged, ending);
    };
    if (!isCountersignError(error, 'unauthenticated')) return refused(false);
    renewal ??= credentials.authorization().finally(() => (renewal = undefined));
    renewal.then((current) => {
      if (accepted && current !== authorization) lose();
      else refused(current !== authorization);
    }, fail);
  }

  function fail(error: unknown): void {
    if (error instanceof TokenFailure) refuse(error.cause);
    else lose(); // A page's policy may forbid sockets, and some browsers throw then.
  }

  function settle(id: unknown, ending: Ending): void {
    const subscription = subscriptions.get(id);
    subscriptions.delete(id);
    rest();
    subscription?.sink.end(ending);
  }

  /** The server goes away soon. Its clients do not all move at the same moment; until then it serves. */
  function move(): void {
    options.onRetire();
    moveTimer ??= setTimeout(() => finish({ kind: 'cut' }), chance() * timing.moveMilliseconds);
  }

  /** The connection as a whole is refused. */
  function refuse(error: unknown): void {
    finish({ kind: 'refused', error });
  }

  function lose(): void {
    if (state !== 'over') options.onLost(heard);
    finish({ kind: 'cut' });
  }

  /** A lost connection is not waited for: its own farewell may take minutes. */
  function finish(ending: Ending): void {
    if (state === 'over') return;
    state = 'over';
    heartbeat?.stop();
    clearTimeout(idleTimer);
    clearTimeout(moveTimer);
    options.onRetire();
    options.onOver();
    socket?.close();
    const left = [...subscriptions.values()];
    subscriptions.clear();
    for (const { sink } of left) sink.end(ending);
  }

  function rest(): void {
    clearTimeout(idleTimer);
    if (subscriptions.size > 0 || state === 'over') return;
    idleTimer = setTimeout(() => finish({ kind: 'complete' }), timing.idleMilliseconds);
  }

  return {
    subscribe(call, sink, signal) {
      const id = (lastId += 1);
      subscriptions.set(id, { call, sink });
      rest();
      if (state === 'open') request(id, call);
      const stop = (): void => {
        if (!subscriptions.delete(id)) return;
        if (state === 'open') send({ id, method: 'subscription.stop' });
        rest();
      };
      signal.addEventListener('abort', stop, { once: true });
    },
    close: () => finish({ kind: 'cut' }),
  };
}
