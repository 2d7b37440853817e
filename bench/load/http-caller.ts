import { once } from 'node:events';
import { connect } from 'node:net';
import { assertResult, type Caller, type Target } from './caller.ts';

/** One connection that is kept alive, and as much of HTTP as our answers need: they say their length. */
export async function openHttpCaller({ port, authorization }: Target): Promise<Caller> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const headers = `Host: localhost:${port}\r\n${authorization === undefined ? '' : `Authorization: ${authorization}\r\n`}`;
  let received = '';
  let settle: PromiseWithResolvers<string> | undefined;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
    const end = received.indexOf('\r\n\r\n');
    const [, length] = /\r\ncontent-length: (\d+)/i.exec(received) ?? [];
    if (end === -1 || received.length < end + 4 + Number(length ?? 0)) return;
    const body = received.slice(end + 4);
    received = '';
    settle?.resolve(body);
  });
  socket.on('close', () => settle?.reject(new Error('the connection was closed')));
  return {
    async call(type, path, input) {
      settle = Promise.withResolvers();
      const json = input === undefined ? '' : JSON.stringify({ json: input });
      socket.write(
        type === 'mutation'
          ? `POST /trpc/${path} HTTP/1.1\r\n${headers}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`
          : `GET /trpc/${path}${json && `?input=${encodeURIComponent(json)}`} HTTP/1.1\r\n${headers}\r\n`,
      );
      return assertResult(await settle.promise);
    },
    close: () => void socket.destroy(),
  };
}
