import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Tap extends AsyncDisposable {
  /** Stands for the server behind it. */
  readonly url: string;
  /** The requests by which a connection became a WebSocket, so far. */
  upgrades(): number;
}

/** A wire to a server that can be listened to: what a program really does, whatever it says. */
export async function tap(server: string): Promise<Tap> {
  const target = Number(new URL(server).port);
  const open = new Set<Socket>();
  let upgrades = 0;
  const listener = createServer((near) => {
    const far = connect(target, 'localhost');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => open.delete(socket));
      socket.pipe(other);
    }
    near.on('data', (bytes) => {
      if (/^GET \/trpc[ ?][^]*^upgrade: websocket\r$/im.test(bytes.toString('latin1'))) upgrades += 1;
    });
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    upgrades: () => upgrades,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}
