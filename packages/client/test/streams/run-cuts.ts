import { createRandom, createTestDatabase, type TestDatabase } from '@countersign/core/testing';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { tokens } from './actor.ts';
import { compare, type Faults, type LoggedEvent } from './compare.ts';
import { startHostProcess, type HostProcess } from './host-process.ts';
import type { Cut } from './line.ts';
import { startLoad } from './load.ts';
import { openNode } from './node.ts';
import { readLog } from './read-log.ts';
import { openNaiveReader, openReader, type CutReader } from './reader.ts';

export interface CutOrder {
  /** Of each reader's line. */
  readonly cuts: number;
  /** SIGTERM and SIGKILL by turns. */
  readonly restarts: number;
  readonly seed: number;
  readonly log?: ((line: string) => void) | undefined;
}

export interface ReaderReport extends Faults {
  readonly told: number;
  readonly connections: number;
}

export interface CutReport {
  readonly events: number;
  readonly lives: number;
  readonly restarts: number;
  /** Cuts of all readers, by what was done to the connection. */
  readonly cuts: Readonly<Record<Cut, number>>;
  /** By the name of the reader. */
  readonly readers: Readonly<Record<string, ReaderReport>>;
  readonly naive: Readonly<Record<string, ReaderReport>>;
}

/** They read everything anew after every cut. */
const naiveCuts = 10;
const lateMilliseconds = 30_000;

/**
 * A server of two subjects, restarted, a load through it and through a second node, and readers of both
 * subjects, of two sessions of one, and of the service, over WebSocket and over server-sent events; each on a
 * line that is cut so many times. Afterwards, what each was told beside the log as it lies in the tables.
 */
export async function runCuts({ cuts, restarts, seed, log }: CutOrder): Promise<CutReport> {
  await using database = await createTestDatabase();
  const installation = { database: database.url, secret: randomBytes(32).toString('base64') };
  const node = await openNode(installation, true);
  await using host = await startHostProcess(installation);
  const random = createRandom(seed);
  const options = (name: string, token: string) => {
    return { name, token, port: host.port, random: createRandom(random.integer(2 ** 31)) };
  };
  await using readers = await all(
    Object.entries(tokens).flatMap(([name, token]) => [
      openReader('websocket', options(`${name} over WebSocket`, token)),
      openReader('sse', options(`${name} over server-sent events`, token)),
    ]),
  );
  await using naive = await all([
    openNaiveReader('now', options('begins now', tokens.service)),
    openNaiveReader('start', options('begins anew', tokens.service)),
  ]);

  const counted: Record<Cut, number> = { reset: 0, 'half-open': 0, inside: 0 };
  const load = startLoad(node, host.port, createRandom(random.integer(2 ** 31)));
  let made = 0;
  const onCut = (kind: Cut): void => {
    counted[kind] += 1;
    made += 1;
    if (made % 1000 === 0) log?.(`${made} cuts`);
  };
  await Promise.all([
    ...readers.all.map((one) => one.cut(cuts, onCut)),
    ...naive.all.map((one) => one.cut(naiveCuts, () => undefined)),
    restart(host, restarts, () => made / (cuts * readers.all.length), log),
  ]);
  await load.stop();
  const truth = await finalLog(database.sql);
  await untilTold(readers.all, truth);
  const { lives } = load;
  await node.close();
  return {
    events: truth.length,
    lives,
    restarts,
    cuts: counted,
    readers: reportOf(truth, readers.all),
    naive: reportOf(truth, naive.all),
  };
}

/** Spread over the cuts, of which `progress` says how many have been made: from 0 to 1. */
async function restart(
  host: HostProcess,
  restarts: number,
  progress: () => number,
  log: CutOrder['log'],
): Promise<void> {
  for (let turn = 1; turn <= restarts; turn += 1) {
    while (progress() < turn / (restarts + 1)) await sleep(20);
    const signal = turn % 2 === 1 ? 'SIGTERM' : 'SIGKILL';
    await host.restart(signal);
    log?.(`restarted after ${signal}`);
  }
}

/** Once nothing is being written any more: what was left alone expires a little later. */
async function finalLog(sql: TestDatabase['sql']): Promise<LoggedEvent[]> {
  for (;;) {
    const { rowCount } = await sql.query(
      `SELECT FROM countersign.authorization_request WHERE state = 'waiting' LIMIT 1`,
    );
    if (!rowCount) return await readLog(sql);
    await sleep(50);
  }
}

/** What does not come within this time is counted as lost; what comes too often comes at once. */
async function untilTold(readers: readonly CutReader[], truth: readonly LoggedEvent[]): Promise<void> {
  const isWhole = ({ reader, told }: CutReader) => compare(truth, reader, told).lost === 0;
  for (let waited = 0; waited < lateMilliseconds && !readers.every(isWhole); waited += 100) await sleep(100);
  await sleep(300);
}

function reportOf(
  truth: readonly LoggedEvent[],
  readers: readonly CutReader[],
): Record<string, ReaderReport> {
  return Object.fromEntries(
    readers.map(({ name, reader, told, connections }) => [
      name,
      { told: told.length, connections, ...compare(truth, reader, told) },
    ]),
  );
}

/** All of them, and closed together. */
async function all(
  opening: readonly Promise<CutReader>[],
): Promise<AsyncDisposable & { readonly all: readonly CutReader[] }> {
  const readers = await Promise.all(opening);
  return {
    all: readers,
    async [Symbol.asyncDispose]() {
      await Promise.all(readers.map((one) => one[Symbol.asyncDispose]()));
    },
  };
}
