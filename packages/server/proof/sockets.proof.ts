import { setTimeout as sleep } from 'node:timers/promises';
import type { Proof, ProofRun } from '../../../scripts/proof-contract.ts';
import { startServerProcess, type ServerProcess } from '../test/sockets/server-process.ts';
import { openSocket, type TestSocket } from '../test/support/socket.ts';
import { as } from '../test/support/stream-server.ts';
import { throwFrames } from '../test/support/throw-frames.ts';

const kib = 1024;
const bytesPerIdleStreamMax = 25 * kib;
/** What one client may make us hold: 1 MiB unsent, and what it takes to hold a connection and its streams. */
const unreadBytesMax = 2 * kib * kib;

/**
 * A server in a process of its own, and clients that mean harm or no harm: hostile frames end nothing but
 * their connections, an idle stream is cheap, and a client that does not read costs a bounded amount.
 */
export const proof: Proof = {
  name: 'sockets',
  async run(run) {
    await using server = await startServerProcess();
    const idle = await measureIdleStreams(server, run);
    const unread = await measureUnread(server, run);
    const hostile = await throwAtServer(server, run);
    return { ...idle, ...unread, ...hostile };
  },
};

async function measureIdleStreams(server: ServerProcess, { short, log }: ProofRun) {
  const idleStreams = short ? 300 : 1000;
  const { port, authorization } = server.at;
  const openOne = async () => {
    const socket = await openSocket(port, { params: { authorization } });
    const { result } = await socket.subscribe('event.stream');
    if (result?.type !== 'started') throw new Error('a stream did not begin');
    return socket;
  };
  // What the first ones bring along once (code that is compiled, tables that grow) is not theirs: a thousand do.
  for (let opened = 0; opened < 1000; opened += idleStreams) {
    close(await inTurn(idleStreams, openOne));
    await sleep(1000);
  }
  const before = await server.memory();
  const sockets = await inTurn(idleStreams, openOne);
  const after = await server.memory();
  close(sockets);
  await sleep(1000);
  const left = await server.memory();
  const figures = {
    idleStreams,
    heapBytesPerIdleStream: Math.round((after.heapBytes - before.heapBytes) / idleStreams),
    rssBytesPerIdleStream: Math.round((after.rssBytes - before.rssBytes) / idleStreams),
    heapBytesLeftPerClosedStream: Math.round((left.heapBytes - before.heapBytes) / idleStreams),
  };
  log(JSON.stringify(figures));
  claim(figures.heapBytesPerIdleStream <= bytesPerIdleStreamMax, 'an idle stream costs too much');
  claim(figures.heapBytesLeftPerClosedStream <= kib, 'closed streams leave something behind');
  return figures;
}

async function measureUnread(server: ServerProcess, { short, log }: ProofRun) {
  const milliseconds = short ? 800 : 10_000;
  const { streamPort, naivePort } = server.at;
  const held = async (port: number, path: string) => {
    const before = await server.memory();
    using socket = await openSocket(port, { params: as('ada') });
    socket.raw.pause();
    for (let id = 0; id < 10; id += 1)
      socket.send({ id, method: 'subscription', params: { path, input: { json: null } } });
    await sleep(milliseconds);
    const after = await server.memory();
    return after.heapBytes - before.heapBytes;
  };
  const figures = {
    unreadMilliseconds: milliseconds,
    heldBytesOfUnreadClient: await held(streamPort, 'flood'),
    heldBytesOfUnreadClientWithoutGate: await held(streamPort, 'ungated'),
    heldBytesOfUnreadClientOfNaiveServer: await held(naivePort, 'ungated'),
    itemsHandedOut: await server.handedOut(),
  };
  log(JSON.stringify(figures));
  claim(figures.heldBytesOfUnreadClient <= unreadBytesMax, 'an unread client makes us hold too much');
  claim(figures.heldBytesOfUnreadClientWithoutGate <= unreadBytesMax, 'an unread client is not cut');
  claim(figures.heldBytesOfUnreadClientOfNaiveServer > 10 * unreadBytesMax, 'the naive server holds little');
  return figures;
}

async function throwAtServer(server: ServerProcess, { short, seed, log }: ProofRun) {
  const { port, authorization } = server.at;
  const frames = short ? 600 : 50_000;
  const url = `ws://localhost:${port}/trpc`;
  const before = await server.memory();
  const strange = await throwFrames({ url, frames, seed, params: undefined });
  log(`strangers: ${JSON.stringify(strange)}`);
  const known = await throwFrames({ url, frames, seed: seed + 1, params: { authorization } });
  log(`the service: ${JSON.stringify(known)}`);
  await sleep(1000);
  const after = await server.memory();
  using socket = await openSocket(port, { params: { authorization } });
  claim((await socket.call('query', 'method.list')).result !== undefined, 'the server does not answer');
  const errors = await server.errors();
  claim(server.isAlive(), 'the server ended');
  claim(errors.length === 0, errors.slice(0, 5).join('\n'));
  claim(strange.leaks.length + known.leaks.length === 0, [...strange.leaks, ...known.leaks].join('\n'));
  return {
    hostileFrames: strange.frames + known.frames,
    hostileConnections: strange.connections + known.connections,
    hostileFramesAnswered: strange.answers + known.answers,
    heapBytesLeftAfterHostileFrames: after.heapBytes - before.heapBytes,
    errorsLogged: 0,
    leaks: 0,
  };
}

/** Fifty at a time, as a crowd that comes back would. */
async function inTurn(count: number, open: () => Promise<TestSocket>): Promise<TestSocket[]> {
  const opened: TestSocket[] = [];
  while (opened.length < count) opened.push(...(await Promise.all(Array.from({ length: 50 }, open))));
  return opened;
}

function close(sockets: readonly TestSocket[]): void {
  for (const socket of sockets) socket.raw.close();
}

function claim(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
