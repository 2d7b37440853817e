import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { SocketLimits } from './limits.ts';

/** "Service restart", of the registry that RFC 6455, §11.7, opens. */
const serviceRestart = 1012;
const lookMilliseconds = 25;

/** In tRPC's protocol: the client opens another connection and moves its streams there. */
const reconnectNotice = JSON.stringify({ id: null, method: 'reconnect' });

/** Sends a reconnect notice, leaves some time to follow it, lets calls in progress end, and closes. */
export async function drainSocket(
  socket: WebSocket,
  callsInProgress: () => number,
  limits: SocketLimits,
): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return;
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  if (socket.readyState === WebSocket.OPEN) socket.send(reconnectNotice);
  const startedAt = performance.now();
  const mayEnd = (afterMs: number) =>
    afterMs > limits.drainMilliseconds || (afterMs > limits.moveMilliseconds && callsInProgress() === 0);
  while (socket.readyState === WebSocket.OPEN && !mayEnd(performance.now() - startedAt))
    await sleep(lookMilliseconds);
  socket.close(serviceRestart, 'the server stops');
  const late = setTimeout(() => socket.terminate(), limits.closeMilliseconds);
  await closed;
  clearTimeout(late);
}
