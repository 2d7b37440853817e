import { setTimeout as sleep } from 'node:timers/promises';
import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import type { Benchmark } from '../benchmark.ts';
import { listen } from '../floor/listen.ts';
import { subscribe, type Subscriber } from '../load/subscriber.ts';
import { now } from '../now.ts';
import { startProgram, type Program } from '../program.ts';
import { quantile } from '../quantile.ts';
import type { RpcAt } from './rpc-program.ts';
import type { Committed, Memory, StreamOrder, StreamQuestion } from './stream-program.ts';

const goal = 3;
const kibPerIdleStreamMax = 25;
const lateMilliseconds = 5000;
const openAtOnce = 50;

/** Milliseconds from one grant to its event, and to the notification that is compared with it. */
interface Latencies {
  readonly fromSent: number[];
  readonly fromCommitted: number[];
}

export const stream: Benchmark = {
  name: 'stream',
  title: 'commit of a grant → its event at the one subscriber that waits for it, beside LISTEN',
  settings:
    'one node, every stream a subject’s own over a WebSocket of its own, one grant at a time in the node’s process, readers in another process, fsync and synchronous_commit on',
  async run({ isShort }) {
    const counts = isShort ? [1, 20] : [1, 100, 1000, 10_000];
    const samples = isShort ? 8 : 200;
    await using postgres = await startTemporaryPostgres();
    const order = { database: postgres.url() } satisfies StreamOrder;
    await using node = await startProgram<RpcAt>(new URL('./stream-program.ts', import.meta.url), order);
    const figures = [];
    for (const streams of counts) figures.push(await measure(node, order.database, streams, samples));
    const kib = await measureIdle(node, counts.at(-1) ?? 1);
    return {
      figures: { latencies: figures, ...kib },
      lines: [
        ...figures.map(
          ({ streams, ours, listens, ratio, lost }) =>
            `${String(streams).padStart(5)} streams   ours ${told(ours)}   LISTEN ${told(listens)}   ratio of p50 ${ratio.toFixed(2)}, goal ${goal}   ${lost} lost`,
        ),
        `an idle stream and its socket: ${kib.heapKibPerIdleStream.toFixed(1)} KiB of heap, ${kib.rssKibPerIdleStream.toFixed(1)} KiB resident   goal ${kibPerIdleStreamMax}`,
      ],
    };
  },
};

type Figures = ReturnType<typeof figuresOf>;

function told({ p50, p99, p50AfterCommit }: Figures): string {
  return `${p50.toFixed(2)} ms, p99 ${p99.toFixed(1)} (${p50AfterCommit.toFixed(2)} after the commit’s answer)`;
}

function figuresOf({ fromSent, fromCommitted }: Latencies) {
  return {
    p50: quantile(fromSent, 0.5),
    p99: quantile(fromSent, 0.99),
    p50AfterCommit: quantile(fromCommitted, 0.5),
  };
}

/** A grant, a notification, a grant, a notification: each when the one before it has arrived. */
async function measure(node: Program<RpcAt>, database: string, streams: number, samples: number) {
  const post = createPost();
  const subscribers = await openStreams(node, streams, (text) => {
    const [, id] = /"about":\{"kind":"authorization_request","id":"(areq_\w+)"/.exec(text) ?? [];
    if (id !== undefined) post.arrived(id);
  });
  const leave = await listen(database, post.arrived);
  const ours: Latencies = { fromSent: [], fromCommitted: [] };
  const listens: Latencies = { fromSent: [], fromCommitted: [] };
  for (let sample = 0; sample < samples; sample += 1) {
    const subjectId = subjectOf(Math.floor(Math.random() * streams));
    await time(node, { kind: 'grant', subjectId }, post, ours);
    await time(node, { kind: 'notify', name: `${streams}-${sample}` }, post, listens);
    await sleep(Math.random() * 10);
  }
  await leave();
  for (const one of subscribers) one.close();
  const [a, b] = [figuresOf(ours), figuresOf(listens)];
  const lost = samples - ours.fromSent.length;
  if (lost + post.twice() > 0) throw new Error(`${lost} events lost, ${post.twice()} told twice`);
  return {
    streams,
    samples,
    ours: a,
    listens: b,
    ratio: a.p50 / b.p50,
    lost,
  };
}

async function time(
  node: Program<RpcAt>,
  question: StreamQuestion,
  post: ReturnType<typeof createPost>,
  latencies: Latencies,
): Promise<void> {
  const { name, sentAt, committedAt } = (await node.ask(question)) as Committed;
  const arrivedAt = await post.arrivalOf(name);
  if (arrivedAt === null) return;
  latencies.fromSent.push(arrivedAt - sentAt);
  latencies.fromCommitted.push(arrivedAt - committedAt);
}

/** When what arrived, by its name; it may arrive before anybody asks for it. */
function createPost() {
  const arrivals = new Map<string, number>();
  let [twice, bell] = [0, Promise.withResolvers<void>()];
  return {
    twice: () => twice,
    arrived(name: string): void {
      if (arrivals.has(name)) twice += 1;
      else arrivals.set(name, now());
      bell.resolve();
      bell = Promise.withResolvers();
    },
    async arrivalOf(name: string): Promise<number | null> {
      const late = AbortSignal.timeout(lateMilliseconds);
      while (!arrivals.has(name) && !late.aborted)
        await Promise.race([bell.promise, sleep(lateMilliseconds / 10)]);
      return arrivals.get(name) ?? null;
    },
  };
}

async function measureIdle(node: Program<RpcAt>, streams: number) {
  const memory = async () => (await node.ask({ kind: 'memory' } satisfies StreamQuestion)) as Memory;
  // What the first ones bring along once, code that is compiled and tables that grow, is not theirs.
  for (const one of await openStreams(node, streams, () => undefined)) one.close();
  await sleep(500);
  const before = await memory();
  const subscribers = await openStreams(node, streams, () => undefined);
  const after = await memory();
  for (const one of subscribers) one.close();
  return {
    idleStreams: streams,
    heapKibPerIdleStream: (after.heapBytes - before.heapBytes) / streams / 1024,
    rssKibPerIdleStream: (after.rssBytes - before.rssBytes) / streams / 1024,
  };
}

/** Fifty at a time, as a crowd that comes back would. */
async function openStreams(
  node: Program<RpcAt>,
  streams: number,
  heard: (text: string) => void,
): Promise<Subscriber[]> {
  const opened: Subscriber[] = [];
  while (opened.length < streams) {
    const some = Array.from({ length: Math.min(openAtOnce, streams - opened.length) }, (_, index) => {
      const subjectId = subjectOf(opened.length + index);
      const filter = { subjectId, types: ['authorization_request.granted'] };
      return subscribe(node.at, filter, heard);
    });
    opened.push(...(await Promise.all(some)));
  }
  return opened;
}

function subjectOf(place: number): string {
  return `subject-${place}`;
}
