import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A free port below the range that systems take for outgoing connections (Linux from 32768, macOS from
 * 49152): while the server is away, a client that called such a port could be given it, and so reach itself.
 */
export async function quietPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
