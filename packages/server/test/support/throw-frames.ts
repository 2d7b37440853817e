import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { hostileFrame, seeded, type HostileFrame } from './hostile-frames.ts';

export interface Thrown {
  /** Frames that the server has looked at: a ping behind them was answered, or it closed the connection. */
  readonly frames: number;
  readonly connections: number;
  readonly answers: number;
  /** Answers that say more than they may: paths, stacks, the key. */
  readonly leaks: readonly string[];
}

export interface ThrowOptions {
  readonly url: string;
  readonly frames: number;
  readonly seed: number;
  /** Connection parameters of every connection; undefined: some hostile ones, and often none. */
  readonly params: { readonly authorization: string } | undefined;
}

const forbidden = /node_modules|packages\/|\.ts:|\bat \w+ \(|csk_|Bearer|canary/;
const framesPerConnectionMax = 200;
const framesPerPing = 5;

/** Throws hostile frames at a server, over as many connections as it ends. */
export async function throwFrames({ url, frames, seed, params }: ThrowOptions): Promise<Thrown> {
  const draw = seeded(seed);
  const leaks: string[] = [];
  let connections = 0;
  let answers = 0;
  let looked = 0;
  while (looked < frames) {
    connections += 1;
    const introduces = params !== undefined || draw(2) === 0;
    const socket = new WebSocket(`${url}${introduces ? '?connectionParams=1' : ''}`);
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      answers += 1;
      if (forbidden.test(data.toString())) leaks.push(data.toString().slice(0, 500));
    });
    await once(socket, 'open');
    const closed = new Promise((resolve) => socket.once('close', () => resolve(false)));
    const isOpen = () => socket.readyState === WebSocket.OPEN;
    if (params !== undefined) socket.send(JSON.stringify({ method: 'connectionParams', data: params }));
    for (let sent = 0; sent < framesPerConnectionMax && isOpen(); sent += framesPerPing) {
      for (let frame = 0; frame < framesPerPing; frame += 1) send(socket, hostileFrame(draw));
      const pong = new Promise((resolve) => socket.once('pong', () => resolve(true)));
      socket.ping();
      // Half a frame makes the server wait for the rest of it.
      const answered = await Promise.race([pong, closed, sleep(500, false)]);
      looked += answered === true ? framesPerPing : 1;
      if (answered !== true) break;
    }
    socket.terminate();
    await closed;
  }
  return { frames: looked, connections, answers, leaks };
}

function send(socket: WebSocket, frame: HostileFrame): void {
  if ('text' in frame) socket.send(frame.text);
  else if ('bytes' in frame) socket.send(frame.bytes);
  else (socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(frame.raw);
}
