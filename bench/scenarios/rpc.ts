import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import type { Benchmark, Effort } from '../benchmark.ts';
import type { Caller, Target } from '../load/caller.ts';
import { openHttpCaller } from '../load/http-caller.ts';
import { openSocketCaller } from '../load/socket-caller.ts';
import { startProgram, type Program } from '../program.ts';
import { quantile } from '../quantile.ts';
import type { RpcAt, RpcOrder } from './rpc-program.ts';

const ways = { HTTP: openHttpCaller, WebSocket: openSocketCaller };
type Way = keyof typeof ways;
/** The procedure of the floor in our middleware; and one with a schema for its input and one for its output, as all of ours. */
const paths = ['empty', 'parsed'] as const;
type Path = (typeof paths)[number];
const inFlight = 16;
const goal = 1.5;
/** Of a round: thousands of calls. */
const milliseconds = { short: 50, long: 1000 };

interface Spent {
  readonly callsPerSecond: number;
  /** Of the server's process, for one call. */
  readonly cpuMicroseconds: number;
}

export const rpc: Benchmark = {
  name: 'rpc',
  title: 'a call that touches no database, through all of our middleware and through tRPC’s bare adapters',
  settings: `${inFlight} connections with a call each, client and servers in processes of their own, loopback, no TLS, service key`,
  async run({ isShort, rounds }) {
    const effort = {
      isShort,
      rounds,
      millisecondsPerRound: isShort ? milliseconds.short : milliseconds.long,
    };
    await using postgres = await startTemporaryPostgres();
    const order = { database: postgres.url(), code } satisfies RpcOrder;
    await using ours = await startProgram<RpcAt>(programOf('./rpc-program.ts'), order);
    await using floor = await startProgram<RpcAt>(programOf('../floor/rpc-program.ts'), {});
    const figures = [];
    for (const way of Object.keys(ways) as Way[])
      for (const path of paths) figures.push(await compare(way, path, ours, floor, effort));
    const cycles = await measureCycles(ours.at, effort);
    return {
      figures: { calls: figures, cycles },
      lines: [
        ...figures.map(
          ({ way, path, spent, ofFloor, cpuRatio, timeRatio }) =>
            `${way.padEnd(9)} ${path.padEnd(6)}  ours ${told(spent)}   floor ${told(ofFloor)}   ratio of CPU ${cpuRatio.toFixed(2)}, of time ${timeRatio.toFixed(2)}   goal ${goal}`,
        ),
        ...cycles.map(
          ({ way, inFlight: count, cyclesPerSecond }) =>
            `create → grant → consume over ${way}, ${count} in flight: ${cyclesPerSecond.toFixed(0)}/s`,
        ),
      ],
    };
  },
};

function programOf(path: string): URL {
  return new URL(path, import.meta.url);
}

function told({ callsPerSecond, cpuMicroseconds }: Spent): string {
  return `${callsPerSecond.toFixed(0)}/s, ${cpuMicroseconds.toFixed(0)} µs CPU`;
}

/** Rounds in turns: when the machine's speed drifts it drifts for both. */
async function compare(way: Way, path: Path, ours: Program<RpcAt>, floor: Program<RpcAt>, effort: Effort) {
  const both = [
    { program: ours, called: path, rounds: [] as Spent[] },
    { program: floor, called: 'empty', rounds: [] as Spent[] },
  ] as const;
  for (let round = -1; round < effort.rounds; round += 1) {
    for (const { program, called, rounds } of both) {
      const spent = await load(way, program, called, effort.millisecondsPerRound);
      if (round >= 0) rounds.push(spent); // The first one lets it be compiled.
    }
  }
  const [a, b] = [both[0].rounds, both[1].rounds];
  return {
    way,
    path,
    spent: medianOf(a),
    ofFloor: medianOf(b),
    /** Ours to the floor, medians of the rounds. */
    cpuRatio: quantile(
      a.map((spent, round) => spent.cpuMicroseconds / (b[round]?.cpuMicroseconds ?? Number.NaN)),
      0.5,
    ),
    timeRatio: quantile(
      a.map((spent, round) => (b[round]?.callsPerSecond ?? Number.NaN) / spent.callsPerSecond),
      0.5,
    ),
  };
}

function medianOf(rounds: readonly Spent[]): Spent {
  const median = (name: keyof Spent) =>
    quantile(
      rounds.map((spent) => spent[name]),
      0.5,
    );
  return { callsPerSecond: median('callsPerSecond'), cpuMicroseconds: median('cpuMicroseconds') };
}

async function load(way: Way, program: Program<RpcAt>, path: string, duration: number): Promise<Spent> {
  const before = (await program.ask('cpu')) as NodeJS.CpuUsage;
  const { done, seconds } = await callOn(way, program.at, inFlight, duration, async (caller) => {
    await caller.call('query', path);
  });
  const after = (await program.ask('cpu')) as NodeJS.CpuUsage;
  const cpu = after.user + after.system - before.user - before.system;
  return { callsPerSecond: done / seconds, cpuMicroseconds: cpu / done };
}

/** Does the same over so many connections for so long. */
async function callOn(
  way: Way,
  target: Target,
  connections: number,
  duration: number,
  once: (caller: Caller) => Promise<void>,
): Promise<{ readonly done: number; readonly seconds: number }> {
  const callers = await Promise.all(Array.from({ length: connections }, () => ways[way](target)));
  const started = performance.now();
  let done = 0;
  await Promise.all(
    callers.map(async (caller) => {
      while (performance.now() - started < duration) {
        await once(caller);
        done += 1;
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  for (const caller of callers) caller.close();
  return { done, seconds };
}

const code = '12345678';
const subjects = 1000;
let turn = 0;

async function measureCycles(target: Target, { rounds, millisecondsPerRound }: Effort) {
  const figures = [];
  for (const way of Object.keys(ways) as Way[]) {
    for (const count of [1, inFlight]) {
      const measured: number[] = [];
      for (let round = -1; round < rounds; round += 1) {
        const { done, seconds } = await callOn(way, target, count, millisecondsPerRound, oneCycle);
        if (round >= 0) measured.push(done / seconds);
      }
      figures.push({ way, inFlight: count, cyclesPerSecond: quantile(measured, 0.5) });
    }
  }
  return figures;
}

async function oneCycle(caller: Caller): Promise<void> {
  turn += 1;
  const subjectId = `subject-${turn % subjects}`;
  const data = { to: 'GB29 NWBK 6016 1331 9268 19', amountCents: 100 + turn, note: 'rent' };
  const created = await caller.call('mutation', 'authorizationRequest.create', {
    slug: 'transfer',
    subjectId,
    data,
    title: 'Transfer money',
    deliverTo: { channel: 'email', address: `person-${turn}@example.org` },
  });
  const [id] = /areq_\w+/.exec(created) ?? [];
  const proof = { method: 'otp', code };
  const granted = await caller.call('mutation', 'authorizationRequest.grant', { id, proof });
  if (!granted.includes('"granted":true')) throw new Error('our own code was judged wrong');
  await caller.call('mutation', 'authorizationRequest.consume', { id, slug: 'transfer', subjectId, data });
}
