import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { watchCommits } from './faults/commit-watch.ts';
import { openLine, type Line } from './faults/line.ts';
import type { ReceivedWebhook } from './faults/receiver.ts';
import { findMissent } from './faults/sent.ts';

function message(type: string, body: string): Buffer {
  const text = Buffer.from(body, 'latin1');
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeUInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}

const startup = Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.from([0, 3, 0, 0])]);
const prepared = (name: string, sql: string) =>
  Buffer.concat([message('P', `${name}\0${sql}\0\0\0`), message('B', `\0${name}\0`), message('S', '')]);

it('sees where a commit begins, in one piece or byte by byte, and takes nothing else for one', () => {
  const whole = Buffer.concat([startup, message('Q', 'BEGIN\0'), prepared('put', 'INSERT INTO t')]);
  const commit = message('Q', 'COMMIT\0');
  const watch = watchCommits();
  expect(watch.find(whole)).toBeNull();
  expect(watch.find(Buffer.concat([message('Q', 'SELECT 1\0'), commit]))).toBe(14);

  const bytes = watchCommits();
  const found = [...whole, ...commit].map((byte) => bytes.find(Buffer.from([byte])));
  expect(found.filter((place) => place !== null)).toHaveLength(1);
  expect(found.at(-1)).not.toBeNull();

  const alone = watchCommits();
  expect(alone.find(Buffer.concat([startup, prepared('get', 'SELECT 1')]))).toBeNull();
  expect(alone.find(prepared('put', 'UPDATE t SET a = 1'))).not.toBeNull();
  expect(alone.find(message('Q', 'ROLLBACK\0'))).toBeNull();
});

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

/** A line to a server that sends everything back. */
async function lineToEcho(): Promise<Line> {
  const server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const line = await openLine({ target: () => ({ host: '127.0.0.1', port }) });
  opened.push(
    () => server.close(),
    () => line[Symbol.asyncDispose](),
  );
  return line;
}

async function client({ port }: Line): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  opened.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function echoes(socket: Socket, text: string): Promise<boolean> {
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  socket.write(text);
  for (let waited = 0; waited < 20 && heard !== text; waited += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return heard === text;
}

it('hands on what it is given, whole, in bytes or late; what was silent once stays silent, and a reset ends it', async () => {
  const line = await lineToEcho();
  const first = await client(line);
  expect(await echoes(first, 'hello')).toBe(true);
  line.become('sliced');
  expect(await echoes(first, 'in bytes')).toBe(true);
  line.become('slow');
  expect(await echoes(first, 'late')).toBe(true);

  line.become('silent');
  expect(await echoes(first, 'into nothing')).toBe(false);
  const second = await client(line);
  line.become('open');
  expect(await echoes(first, 'still nothing')).toBe(false);
  expect(await echoes(second, 'nothing either')).toBe(false);
  expect(first.destroyed).toBe(false);
  const third = await client(line);
  expect(await echoes(third, 'as new')).toBe(true);

  const ended = new Promise((resolve) => third.once('close', resolve));
  line.reset();
  await ended;
});

it('finds webhooks that were lost, invented, forged or out of order, and none that only came again', () => {
  const type = 'authorization_request.granted';
  const webhook = (id: string, more: Partial<ReceivedWebhook> = {}): ReceivedWebhook => ({
    id,
    type,
    isSigned: true,
    aboutId: 'req_1',
    sequence: Number(id),
    ...more,
  });
  const truth = new Set(['1', '2']);
  const found = (...received: ReceivedWebhook[]) =>
    findMissent(truth, received).map((sentence) => sentence.replace('the webhook of ', ''));
  expect(found(webhook('1'), webhook('2'))).toEqual([]);
  expect(found(webhook('1'), webhook('1'), webhook('2'), webhook('1'))).toEqual([]);
  expect(found(webhook('1'))).toEqual(['2 was never sent']);
  expect(found(webhook('1'), webhook('2'), webhook('3'))).toEqual(['3 is of no event that was asked for']);
  expect(found(webhook('1'), webhook('2', { isSigned: false }))).toEqual(['2 is not signed']);
  expect(found(webhook('2'), webhook('1'))).toEqual(['1 came after a later one of the same request']);
});
