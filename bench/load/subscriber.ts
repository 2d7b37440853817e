import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Target } from './caller.ts';

/** One WebSocket with one stream: what a page costs that waits for a grant. */
export interface Subscriber {
  close(): void;
}

/** Resolves when the stream is served. `heard` gets every event, as text. */
export async function subscribe(
  { port, authorization }: Target,
  input: object,
  heard: (text: string) => void,
): Promise<Subscriber> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/trpc?connectionParams=1`, {
    perMessageDeflate: false,
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ method: 'connectionParams', data: { authorization } }));
  const params = { path: 'event.stream', input: { json: input } };
  socket.send(JSON.stringify({ id: 1, method: 'subscription', params }));
  const [first] = (await once(socket, 'message')) as [Buffer];
  if (!first.toString().includes('"started"')) throw new Error(`no stream: ${first.toString()}`);
  socket.on('message', (data: Buffer) => heard(data.toString()));
  return { close: () => socket.terminate() };
}
