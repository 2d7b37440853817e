import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a balancer does for nodes: asks each whether it is ready, and deals the calls out to those that are. */
export interface Balancer extends AsyncDisposable {
  readonly port: number;
  /** Whether this node gets calls now. */
  isIn(port: number): boolean;
  /** Sockets that were handed on so far. */
  handedOn(): number;
  /** Calls for which no node answered: none is repeated, as a balancer must not repeat what may have happened. */
  readonly failed: readonly string[];
}

/** In turn, over connections that are kept; sockets are handed on as they are. */
export async function startBalancer(ports: readonly number[], checkMs: number): Promise<Balancer> {
  const ready = new Set<number>();
  const failed: string[] = [];
  const sockets = new Set<Duplex>();
  const agent = new Agent({ keepAlive: true });
  let [turn, handed] = [0, 0];

  const next = (): number | undefined => {
    const now = ports.filter((port) => ready.has(port));
    turn += 1;
    return now[turn % Math.max(now.length, 1)];
  };

  const check = async (port: number) => {
    try {
      const { ok, body } = await fetch(`http://127.0.0.1:${port}/readyz`, {
        signal: AbortSignal.timeout(5000),
      });
      await body?.cancel();
      if (ok) ready.add(port);
      else ready.delete(port);
    } catch (error) {
      // Who only is slow stays what it was.
      if ((error as Error).name !== 'TimeoutError') ready.delete(port);
    }
  };
  const stopped = new AbortController();
  const { signal } = stopped;
  /** One check after the other: what an earlier one found never comes after a later one. */
  const keepChecking = async (port: number) => {
    while (!signal.aborted) {
      await check(port);
      await sleep(checkMs, undefined, { signal }).catch(() => undefined);
    }
  };
  const checking = Promise.all(ports.map(keepChecking));

  function forward(from: IncomingMessage, to: ServerResponse): void {
    const port = next();
    const fail = (why: string) => {
      failed.push(`${from.url}: ${why}`);
      if (to.headersSent) to.destroy();
      else to.writeHead(502).end();
    };
    if (port === undefined) return fail('no node is ready');
    const { method, url: path, headers } = from;
    const call = request({ host: '127.0.0.1', port, method, path, headers, agent }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, withoutConnection(answer.headers));
      answer.pipe(to);
    });
    call.on('error', (error: NodeJS.ErrnoException) => fail(`${port} ${error.code ?? error.message}`));
    from.pipe(call);
  }

  function handOn({ method, url, rawHeaders }: IncomingMessage, near: Duplex, head: Buffer): void {
    const port = next();
    if (port === undefined) return void near.destroy();
    handed += 1;
    const far: Socket = connect(port, '127.0.0.1', () => {
      const lines = rawHeaders.flatMap((name, at) =>
        at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : [],
      );
      far.write(`${method} ${url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      far.write(head);
      near.pipe(far).pipe(near);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => one.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  }

  const server = createServer(forward).on('upgrade', handOn);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    isIn: (port) => ready.has(port),
    handedOn: () => handed,
    failed,
    async [Symbol.asyncDispose]() {
      stopped.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      for (const one of sockets) one.destroy();
      agent.destroy();
      await Promise.all([closed, checking]);
    },
  };
}

/** The connection to a node is the balancer's own. */
function withoutConnection({ connection: _, 'keep-alive': __, ...headers }: IncomingMessage['headers']) {
  return headers;
}
