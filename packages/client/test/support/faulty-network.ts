import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/**
 * - `through`: as if it were not there.
 * - `no-websocket`: answers an upgrade as a proxy that knows none, and lets everything else through.
 * - `silent-websocket`: takes an upgrade and answers nothing.
 * - `no-sse`: ends everything but an upgrade.
 * - `away`: nobody takes the connection.
 */
export type NetworkMode = 'through' | 'no-websocket' | 'silent-websocket' | 'no-sse' | 'away';

/** What lies between a client and its server, in the hands of a test. */
export interface FaultyNetwork extends AsyncDisposable {
  readonly port: number;
  /** The endpoint of the server, through this network. */
  readonly url: string;
  mode: NetworkMode;
  /** Where connections lead to from now on. */
  target: number;
  /** Connections that are open. */
  readonly open: number;
  /** Connections that nobody took. */
  readonly refused: number;
  /** Connections there were, with an upgrade to a WebSocket or without. */
  readonly seen: { upgrades: number; others: number };
  /** Destroys every connection: no farewell, no last bytes. */
  cut(): void;
  /** Keeps them, and lets nothing pass in either direction any more: a half-open connection. */
  freeze(): void;
}

export async function openFaultyNetwork(targetPort: number): Promise<FaultyNetwork> {
  const sockets = new Set<Socket>();
  let refused = 0;
  const seen = { upgrades: 0, others: 0 };

  const server = createServer((near) => {
    hold(near);
    if (network.mode === 'away') {
      refused += 1;
      near.destroy();
      return;
    }
    near.once('data', (first) => {
      const isUpgrade = /\r\nupgrade: websocket/i.test(first.toString('latin1'));
      seen[isUpgrade ? 'upgrades' : 'others'] += 1;
      if (isUpgrade && network.mode === 'no-websocket') {
        return void near.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      }
      if (isUpgrade && network.mode === 'silent-websocket') return;
      if (!isUpgrade && network.mode === 'no-sse') return void near.destroy();
      const far = connect(network.target, '127.0.0.1');
      hold(far);
      far.write(first);
      near.pipe(far).pipe(near);
      near.once('close', () => far.destroy());
      far.once('close', () => near.destroy());
    });
  });

  function hold(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const network: FaultyNetwork = {
    port,
    url: `http://127.0.0.1:${port}/trpc`,
    mode: 'through',
    target: targetPort,
    get open() {
      return sockets.size;
    },
    get refused() {
      return refused;
    },
    seen,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    freeze() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    async [Symbol.asyncDispose]() {
      network.cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return network;
}
