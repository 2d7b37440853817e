import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import type { Benchmark } from '../benchmark.ts';
import { createDatabase } from '../database.ts';
import { startProgram, type Program } from '../program.ts';
import { quantile } from '../quantile.ts';
import type { LoaderOrder, LoadOrder, Granted } from './fan-out-loader-program.ts';
import type { NodeOrder } from './fan-out-node-program.ts';
import type { ReaderOrder, Told } from './fan-out-reader-program.ts';
import type { RpcAt } from './rpc-program.ts';

const p99MaxMs = 500;
const lateMs = 10_000;

interface Effort {
  readonly nodes: number;
  readonly streams: number;
  readonly perSecond: number;
  readonly oneNodeMs: number;
  readonly manyNodesMs: number;
}

const efforts: Readonly<Record<'short' | 'long', Effort>> = {
  short: { nodes: 2, streams: 20, perSecond: 50, oneNodeMs: 500, manyNodesMs: 500 },
  long: { nodes: 3, streams: 1000, perSecond: 200, oneNodeMs: 30_000, manyNodesMs: 120_000 },
};

export const fanOut: Benchmark = {
  name: 'fan-out',
  title:
    'commit of a grant → its event at the streams of its subject, one at each of three nodes, beside one node',
  settings:
    'every stream a subject’s own over a WebSocket of its own; nodes, readers of each node and the loader in processes of their own; each subject is read at every node; grants at a steady rate, fsync and synchronous_commit on',
  async run({ isShort }) {
    const effort = efforts[isShort ? 'short' : 'long'];
    await using postgres = await startTemporaryPostgres({ settings: { max_connections: '100' } });
    const one = await measure(await createDatabase(postgres.url(), 'one'), 1, effort.oneNodeMs, effort);
    const three = await measure(
      await createDatabase(postgres.url(), 'three'),
      effort.nodes,
      effort.manyNodesMs,
      effort,
    );
    return { figures: [one, three], lines: [one, three].map(line) };
  },
};

type Figures = Awaited<ReturnType<typeof measure>>;

function line({ nodes, streams, grantsPerSecond, deliveries, p50, p99, lost, foreign, misplaced }: Figures) {
  return `${nodes} × ${streams} streams, ${grantsPerSecond.toFixed(0)} grants/s, ${deliveries} deliveries: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, goal ${p99MaxMs}   ${lost} lost, ${foreign} foreign, ${misplaced} out of order`;
}

async function measure(
  database: string,
  nodes: number,
  milliseconds: number,
  { streams, perSecond }: Effort,
) {
  await using stack = new AsyncDisposableStack();
  const secret = randomBytes(32).toString('base64');
  const serviceKey = `csk_${randomBytes(32).toString('base64url')}`;
  const start = async <At>(name: string, order: object): Promise<Program<At>> =>
    stack.use(await startProgram<At>(new URL(`./fan-out-${name}-program.ts`, import.meta.url), order));
  // The first makes the schema.
  const loader = await start<object>('loader', { database, secret } satisfies LoaderOrder);
  const readers = await Promise.all(
    Array.from({ length: nodes }, async () => {
      const node = await start<RpcAt>('node', { database, secret, serviceKey } satisfies NodeOrder);
      return await start<object>('reader', { ...node.at, streams } satisfies ReaderOrder);
    }),
  );

  const order = { perSecond, milliseconds, subjects: streams } satisfies LoadOrder;
  const granted = (await loader.ask(order)) as Granted[];
  const wanted = granted.length * nodes;
  const countTold = async () =>
    (await Promise.all(readers.map((reader) => reader.ask('count') as Promise<number>))).reduce(
      (sum, count) => sum + count,
      0,
    );
  for (let waited = 0; waited < lateMs && (await countTold()) < wanted; waited += 100) await sleep(100);

  const judged = await Promise.all(
    readers.map(async (reader) => judge(granted, (await reader.ask('told')) as Told[])),
  );
  const total = (of: 'lost' | 'twice' | 'foreign' | 'misplaced') =>
    judged.reduce((sum, one) => sum + one[of], 0);
  const latencies = judged.flatMap((one) => one.latencies);
  const figures = {
    nodes,
    streams,
    seconds: milliseconds / 1000,
    grantsPerSecond: granted.length / (milliseconds / 1000),
    deliveries: latencies.length,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    slowest: latencies.reduce((most, latency) => Math.max(most, latency), 0),
    lost: total('lost'),
    twice: total('twice'),
    foreign: total('foreign'),
    misplaced: total('misplaced'),
  };
  if (figures.lost + figures.twice + figures.foreign + figures.misplaced > 0)
    throw new Error(`told wrongly: ${JSON.stringify(figures)}`);
  return figures;
}

/** What the streams of one node were told, beside what was granted. */
function judge(granted: readonly Granted[], told: readonly Told[]) {
  const grants = new Map(granted.map((grant) => [grant.id, grant]));
  const heard = new Set<string>();
  const latencies: number[] = [];
  let [twice, foreign, misplaced] = [0, 0, 0];
  for (const { subjectId, events } of told) {
    let last = '';
    for (const { eventId, requestId, at } of events) {
      const grant = grants.get(requestId);
      if (grant?.subjectId !== subjectId) foreign += 1;
      if (heard.has(requestId)) twice += 1;
      // An event’s id is its place in the log, in an alphabet that sorts.
      if (eventId <= last) misplaced += 1;
      last = eventId;
      heard.add(requestId);
      if (grant) latencies.push(at - grant.sentAt);
    }
  }
  return { latencies, lost: granted.filter(({ id }) => !heard.has(id)).length, twice, foreign, misplaced };
}
