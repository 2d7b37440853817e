import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to a database that a test can cut and mend. */
export interface DatabaseLine extends AsyncDisposable {
  readonly url: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/** Forwards a TCP port to the database behind `target`; its host is a name, or the directory of a socket. */
export async function databaseLine(target: string): Promise<DatabaseLine> {
  const { hostname, port, pathname, username, password } = new URL(target);
  const host = decodeURIComponent(hostname);
  const to = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port: Number(port) };
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(to as { path: string });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  const open = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  await open(0);
  const bound = (server.address() as AddressInfo).port;
  const cut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return {
    url: `postgresql://${username}${password && `:${password}`}@127.0.0.1:${bound}${pathname}`,
    cut,
    mend: () => open(bound),
    [Symbol.asyncDispose]: cut,
  };
}
