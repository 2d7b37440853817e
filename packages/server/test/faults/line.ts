import { connect, createServer, type AddressInfo, type NetConnectOpts, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchCommits, type CommitWatch } from './commit-watch.ts';

/**
 * What a line does with what comes over it.
 *
 * - `open`: hands it on.
 * - `silent`: takes it and says nothing, on either side; who connects is let in. A connection that was silent once
 *   stays so: what it has swallowed is gone.
 * - `sliced`: hands it on byte by byte.
 * - `slow`: hands it on a while later.
 * - `shut`: refuses who connects.
 */
export type LineState = 'open' | 'silent' | 'sliced' | 'slow' | 'shut';

/**
 * How the connection ends over which a commit goes.
 *
 * - `before`: PostgreSQL never hears of the commit.
 * - `after`: the commit is on its way, and nobody is there for its answer.
 * - `answered`: PostgreSQL has answered, and the answer is lost.
 */
export type CommitCut = 'before' | 'after' | 'answered';

/** What lies between two that talk over TCP: it can be cut, fall silent, be slow. */
export interface Line extends AsyncDisposable {
  readonly port: number;
  /** Of now. */
  readonly connections: number;
  become(state: LineState): void;
  /** Resets every connection, on both sides. */
  reset(): void;
  /** The next connection over which a commit goes is reset there; resolves when it was. For lines to PostgreSQL. */
  cutCommit(how: CommitCut): Promise<void>;
}

export interface LineOptions {
  /** Asked anew for each connection. */
  readonly target: () => NetConnectOpts;
  readonly host?: string;
  /** Whether it is PostgreSQL's protocol that goes over it. */
  readonly isDatabase?: boolean;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  readonly watch: CommitWatch | null;
  isSilent: boolean;
  /** Instead of handing on what the far side answers. */
  atAnswer: (() => void) | null;
  /** What waits for something before it, by direction. */
  readonly queues: Map<Socket, Promise<void>>;
}

const slowMs = 20;

export async function openLine({
  target,
  host = '127.0.0.1',
  isDatabase = false,
}: LineOptions): Promise<Line> {
  const pairs = new Set<Pair>();
  let state: LineState = 'open';
  let commitCut: { readonly how: CommitCut; readonly done: () => void } | null = null;

  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    if (state === 'shut') return void near.resetAndDestroy();
    const far = connect({ allowHalfOpen: true, noDelay: true, ...target() } as NetConnectOpts);
    const pair: Pair = {
      near,
      far,
      watch: isDatabase ? watchCommits() : null,
      isSilent: state === 'silent',
      atAnswer: null,
      queues: new Map(),
    };
    pairs.add(pair);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', () => undefined);
      from.on('data', (chunk: Buffer) => pass(pair, from, to, chunk));
      from.once('end', () => {
        if (!pair.isSilent) inTurn(pair, to, async () => void to.end());
      });
      from.once('close', () => {
        if (!pair.isSilent) inTurn(pair, to, async () => drop(pair));
      });
    }
  });

  function drop(pair: Pair): void {
    if (!pairs.delete(pair)) return;
    pair.near.resetAndDestroy();
    // PostgreSQL's end may be a Unix socket, which knows no reset.
    if (pair.far.remoteFamily === undefined) pair.far.destroy();
    else pair.far.resetAndDestroy();
  }

  function pass(pair: Pair, from: Socket, to: Socket, chunk: Buffer): void {
    if (pair.isSilent) return;
    if (from === pair.near) {
      const place = pair.watch?.find(chunk) ?? null;
      if (place !== null && commitCut !== null) return cutAt(pair, chunk, place);
    } else if (pair.atAnswer !== null) return pair.atAnswer();
    if (state === 'sliced') inTurn(pair, to, () => slice(to, chunk));
    else if (state === 'slow') inTurn(pair, to, () => sleep(slowMs).then(() => write(to, chunk)));
    else if (pair.queues.has(to)) inTurn(pair, to, () => write(to, chunk));
    else if (!to.write(chunk)) {
      from.pause();
      to.once('drain', () => from.resume());
    }
  }

  function cutAt(pair: Pair, chunk: Buffer, place: number): void {
    const { how, done } = commitCut!;
    commitCut = null;
    const end = () => {
      drop(pair);
      done();
    };
    if (how === 'before') return void pair.far.write(chunk.subarray(0, place), end);
    if (how === 'answered') pair.atAnswer = end;
    pair.far.write(chunk, () => {
      if (how === 'after') end();
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  return {
    get port() {
      return (server.address() as AddressInfo).port;
    },
    get connections() {
      return pairs.size;
    },
    become(next) {
      state = next;
      if (next === 'silent') for (const pair of pairs) pair.isSilent = true;
    },
    reset() {
      for (const pair of pairs) drop(pair);
    },
    cutCommit: (how) => new Promise((done) => (commitCut = { how, done })),
    async [Symbol.asyncDispose]() {
      for (const pair of pairs) drop(pair);
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One after the other, and after what is still under way in this direction. */
function inTurn({ queues }: Pair, to: Socket, run: () => Promise<void>): void {
  const turn = (queues.get(to) ?? Promise.resolve()).then(run).then(() => {
    if (queues.get(to) === turn) queues.delete(to);
  });
  queues.set(to, turn);
}

async function slice(to: Socket, chunk: Buffer): Promise<void> {
  for (let place = 0; place < chunk.length; place += 1) await write(to, chunk.subarray(place, place + 1));
}

/** Resolves when the system has taken it, or nobody will. */
function write(to: Socket, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (to.destroyed || to.writableEnded) resolve();
    else to.write(chunk, () => resolve());
  });
}
