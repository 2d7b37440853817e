import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Fault } from '../fault.ts';

const sockets = 20;
const streamsPerSocket = 5;
/** Unsent, and what it takes to hold a connection and its streams. */
const bytesPerSocketMax = 2 * 2 ** 20;
/** What the heap of a process under load grows and shrinks by anyway. */
const bytesOfLoad = 128 * 2 ** 20;

/** Clients that ask for the whole log, many times over, and read nothing of it. */
export const unreadStreams: Fault = {
  name: 'readers that do not read',
  times: { short: 1, long: 5 },
  async strike({ cluster, random, short, served }) {
    const node = random.pick(cluster.nodes);
    const since = performance.now();
    const before = residentBytes(node.pid);
    const opened: WebSocket[] = [];
    try {
      for (let place = 0; place < sockets; place += 1) {
        const socket = new WebSocket(`ws://${node.host}:${node.port}/trpc?connectionParams=1`);
        opened.push(socket);
        socket.on('error', () => undefined);
        await once(socket, 'open');
        const authorization = `Bearer ${cluster.serviceKey}`;
        socket.send(JSON.stringify({ method: 'connectionParams', data: { authorization } }));
        const params = { path: 'event.stream', input: { json: { from: 'start' } } };
        for (let id = 1; id <= streamsPerSocket; id += 1)
          socket.send(JSON.stringify({ id, method: 'subscription', params }));
        socket.pause();
      }
      await Promise.all([served(cluster.nodes, since), sleep(short ? 500 : 5000)]);
      const grown = residentBytes(node.pid) - before;
      if (grown > sockets * bytesPerSocketMax + bytesOfLoad)
        throw new Error(`${node.name} holds ${Math.round(grown / 2 ** 20)} MiB more`);
    } finally {
      for (const socket of opened) socket.terminate();
    }
  },
};

function residentBytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
}
