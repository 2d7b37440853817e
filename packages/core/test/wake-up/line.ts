import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to a database on which a test can hold back what the database says. */
export interface Line extends AsyncDisposable {
  readonly url: string;
  /** Notifications are taken out from now on: as behind a pooler that gives each transaction another connection. */
  swallow(is: boolean): void;
  /** Connections that listen stay open from now on, and nothing goes either way: as when a cable was pulled. */
  freeze(is: boolean): void;
  /** Connections that have said they would listen, open or not. */
  listeners(): number;
}

/** Message type `A` of PostgreSQL's protocol, §54.7: NotificationResponse. */
const notification = 'A'.codePointAt(0);

/** Forwards a TCP port to the database behind `target`; its host is a name, or the directory of a socket. */
export async function openLine(target: string): Promise<Line> {
  const { hostname, port, pathname, username, password } = new URL(target);
  const host = decodeURIComponent(hostname);
  const to = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port: Number(port) };
  const sockets = new Set<Socket>();
  let [isSwallowing, isFrozen, listeners] = [false, false, 0];
  const server = createServer((near) => {
    const far = connect(to as { path: string });
    let isListening = false;
    let unread: Buffer = Buffer.alloc(0);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    near.on('data', (bytes: Buffer) => {
      if (!isListening && bytes.includes('countersign listen')) {
        isListening = true;
        listeners += 1;
      }
      if (!(isListening && isFrozen)) far.write(bytes);
    });
    far.on('data', (bytes: Buffer) => {
      unread = Buffer.concat([unread, bytes]);
      while (unread.length >= 5 && unread.length > unread.readUInt32BE(1)) {
        const length = 1 + unread.readUInt32BE(1);
        const message = unread.subarray(0, length);
        unread = unread.subarray(length);
        const isHeld = (isListening && isFrozen) || (isSwallowing && message[0] === notification);
        if (!isHeld) near.write(message);
      }
    });
    near.on('end', () => far.end());
    far.on('end', () => near.end());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `postgresql://${username}${password && `:${password}`}@127.0.0.1:${bound}${pathname}`,
    swallow: (is) => void (isSwallowing = is),
    freeze: (is) => void (isFrozen = is),
    listeners: () => listeners,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
