import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@countersign/core/testing';

/**
 * How a connection breaks.
 *
 * - `reset`: both ends hear of it at once.
 * - `half-open`: nothing passes any more, and only after a while it is reset.
 * - `inside`: is reset, and the connection that follows ends at some byte of what arrives over it.
 */
export type Cut = 'reset' | 'half-open' | 'inside';

/** The line of one client to the server, which breaks. */
export interface Line extends AsyncDisposable {
  readonly url: string;
  /** Connections that reached a server. */
  readonly connections: number;
  /** Breaks what is connected, as soon as there is something. Resolves with how it was broken in the end. */
  cut(kind: Cut): Promise<Cut>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** Instead of handing on what arrives. */
  divert: ((chunk: Buffer) => void) | null;
}

/** Of what arrives over a new connection: its head, the beginning of the stream, an event or two. */
const insideBytesMax = 1000;
/** How long so much is waited for. */
const arrivalMilliseconds = 100;
const silentMilliseconds = 300;

/** @param port of the server behind it, which need not be there. */
export async function openLine(port: number, random: Random): Promise<Line> {
  const pairs = new Set<Pair>();
  let connections = 0;
  let connected = Promise.withResolvers<void>();

  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    const pair: Pair = { near, far, divert: null };
    for (const socket of [near, far]) {
      socket.on('error', () => undefined);
      socket.once('close', () => drop(pair));
    }
    far.once('connect', () => {
      connections += 1;
      pairs.add(pair);
      connected.resolve();
    });
    near.pipe(far);
    far.on('data', (chunk: Buffer) => {
      if (pair.divert !== null) pair.divert(chunk);
      else if (!near.write(chunk)) {
        far.pause();
        near.once('drain', () => far.resume());
      }
    });
    far.once('end', () => near.end());
  });

  function drop(pair: Pair): void {
    pair.near.resetAndDestroy();
    pair.far.resetAndDestroy();
    if (pairs.delete(pair) && pairs.size === 0) connected = Promise.withResolvers();
  }

  /** What was done in the end: where nothing arrives, nothing can be cut in two. */
  async function breakOne(pair: Pair, kind: Cut): Promise<Cut> {
    let done: Cut = kind;
    if (kind === 'half-open') {
      pair.near.unpipe().pause();
      pair.divert = () => undefined;
      await sleep(random.integer(silentMilliseconds));
    } else if (kind === 'inside') {
      done = await new Promise<Cut>((resolve) => {
        let left = random.integer(insideBytesMax);
        pair.divert = (chunk) => {
          left -= chunk.length;
          if (left >= 0) return void pair.near.write(chunk);
          pair.divert = () => undefined;
          pair.near.end(chunk.subarray(0, left), () => resolve('inside'));
        };
        pair.near.once('close', () => resolve('reset'));
        setTimeout(resolve, arrivalMilliseconds, 'reset').unref();
      });
    }
    drop(pair);
    return done;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/trpc`,
    get connections() {
      return connections;
    },
    async cut(kind) {
      // A connection that has just been opened is told what was missed: so there is something to cut in two.
      if (kind === 'inside') for (const pair of pairs) drop(pair);
      while (pairs.size === 0) await connected.promise;
      const [first = kind] = await Promise.all([...pairs].map((pair) => breakOne(pair, kind)));
      return first;
    },
    async [Symbol.asyncDispose]() {
      for (const pair of pairs) drop(pair);
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
