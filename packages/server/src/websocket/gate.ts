import type { Connection } from '../connection.ts';
import { socketLimits } from './limits.ts';

/** As much of a WebSocket as a gate looks at: one of `ws`, or anything like it. */
export interface GatedSocket {
  /** 1 while it is open. */
  readonly readyState: number;
  /** Bytes that were sent and wait until the other side takes them. */
  readonly bufferedAmount: number;
}

interface Waiting {
  pass(): void;
  refuse(error: Error): void;
}

/** How often a socket whose reader is slow is looked at; it says by no event that it has sent something. */
const lookMilliseconds = 25;
const open = 1;

const gates = new WeakMap<GatedSocket, Connection>();

let heldNow = 0;

/** Streams of this process that wait at their gates for a slow reader. One that may pass at once is none. */
export function streamsThatWait(): number {
  return heldNow;
}

/**
 * The gate of a socket, one and the same for all its streams. A WebSocket has no backpressure: whoever sends
 * to a reader that does not read fills our memory (258 MB by one client, measured). At the gate streams wait
 * while too much is unsent, in the order in which they came, and pass a few at a time, since a hundred
 * streams that see an empty buffer at once would fill it together.
 */
export function gateOf(socket: GatedSocket): Connection;
export function gateOf(socket: GatedSocket | undefined): Connection | null;
export function gateOf(socket: GatedSocket | undefined): Connection | null {
  // A host with one `createContext` for all ways may hand over the answer of an HTTP call.
  if (typeof socket?.bufferedAmount !== 'number') return null;
  const known = gates.get(socket);
  if (known !== undefined) return known;
  // Most connections never stream: what a gate needs is made when something first comes to it.
  let queue: Connection | undefined;
  const gate: Connection = { ready: (signal) => (queue ??= createQueue(socket)).ready(signal) };
  gates.set(socket, gate);
  return gate;
}

function createQueue(socket: GatedSocket): Connection {
  const { unsentBytesPause, sendersPerTurn } = socketLimits;
  const waiting = new Set<Waiting>();
  let passesLeft = sendersPerTurn;
  let looking = false;

  const isClear = () => passesLeft > 0 && socket.bufferedAmount <= unsentBytesPause;
  const lookLater = () => {
    if (looking) return;
    looking = true;
    const look = () => {
      looking = false;
      passesLeft = sendersPerTurn;
      passOn();
    };
    if (socket.bufferedAmount <= unsentBytesPause) setImmediate(look);
    else setTimeout(look, lookMilliseconds).unref();
  };
  const passOn = () => {
    for (const one of waiting) {
      if (socket.readyState !== open) one.refuse(closed());
      else if (isClear()) {
        passesLeft -= 1;
        one.pass();
      } else break;
    }
    if (waiting.size > 0 || passesLeft < sendersPerTurn) lookLater();
  };

  return {
    ready: (signal) =>
      new Promise((resolve, reject) => {
        let isHeld = false;
        const leave = (then: () => void) => () => {
          waiting.delete(one);
          if (isHeld) heldNow -= 1;
          isHeld = false;
          signal.removeEventListener('abort', abort);
          then();
        };
        const abort = () => one.refuse(closed());
        const one: Waiting = {
          pass: leave(resolve),
          refuse: (error) => leave(() => reject(error))(),
        };
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort, { once: true });
        waiting.add(one);
        passOn();
        if (!waiting.has(one)) return;
        isHeld = true;
        heldNow += 1;
      }),
  };
}

function closed(): Error {
  return new DOMException('The connection is closed.', 'AbortError');
}
