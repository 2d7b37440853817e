import { once } from 'node:events';
import { WebSocket } from 'ws';
import { assertResult, type Caller, type Target } from './caller.ts';

/** One WebSocket, one call at a time. */
export async function openSocketCaller({ port, authorization }: Target): Promise<Caller> {
  const introduction = authorization === undefined ? '' : '?connectionParams=1';
  const socket = new WebSocket(`ws://127.0.0.1:${port}/trpc${introduction}`, { perMessageDeflate: false });
  await once(socket, 'open');
  if (authorization !== undefined)
    socket.send(JSON.stringify({ method: 'connectionParams', data: { authorization } }));
  let lastId = 0;
  let settle: PromiseWithResolvers<string> | undefined;
  socket.on('message', (data: Buffer) => settle?.resolve(data.toString()));
  socket.on('close', () => settle?.reject(new Error('the connection was closed')));
  return {
    async call(method, path, input) {
      settle = Promise.withResolvers();
      lastId += 1;
      const params = input === undefined ? { path } : { path, input: { json: input } };
      socket.send(JSON.stringify({ id: lastId, method, params }));
      return assertResult(await settle.promise);
    },
    close: () => socket.terminate(),
  };
}
