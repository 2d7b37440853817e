import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { sweep } from '../../src/maintenance/sweep.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { createRandom } from '../../testing/random.ts';
import { compare, readTruth, type Compared } from './compare.ts';
import {
  followerOf,
  naiveReaderOf,
  ofCalls,
  pagerOf,
  reconnectingPagerOf,
  type Reader,
  type Told,
} from './reader.ts';
import { cutStreamOf, ofWatches, slowStreamOf, streamOf, watchesOf } from './stream-reader.ts';
import { write } from './writer.ts';

export interface LogRun {
  readonly events: number;
  /** By the name of the reader. */
  readonly readers: Readonly<Record<string, Compared>>;
  /** A watch of every request, beside what there is up to the end of each. */
  readonly watches: Compared & { readonly events: number };
  readonly naive: Readonly<Record<string, Compared>>;
}

/** Writers and readers at the same time, for so long; then what each reader was told. Needs a server of its own. */
export async function writeAndRead({
  milliseconds,
  writers,
  seed,
}: {
  milliseconds: number;
  writers: number;
  seed: number;
}): Promise<LogRun> {
  await using test = await openTestCore({
    clock: { now: () => new Date() },
    limits: { resendCoolDownSeconds: 0 },
  });
  const { sql, url } = test.database;
  // For the naive reader: numbers as a sequence gives them.
  await sql.query(
    'ALTER TABLE countersign.event ADD COLUMN planted_number bigserial; CREATE TABLE ledger (subject_id text)',
  );
  const hosts = new pg.Pool({ connectionString: url, max: writers });
  hosts.on('connect', (client) => client.on('error', () => undefined)); // the database may go first

  const random = createRandom(seed);
  const followers = [
    followerOf(test),
    streamOf(test),
    cutStreamOf(test, createRandom(seed + 2)),
    slowStreamOf(test),
  ];
  const watches = watchesOf(test);
  const readers = [pagerOf(test, 50), reconnectingPagerOf(test, createRandom(seed + 1)), ...followers];
  const naive = [naiveReaderOf(sql, 'id'), naiveReaderOf(sql, 'planted_number')];
  let written = false;
  const reading = [...readers, ...naive].map((reader) => readOn(reader, () => written));
  const end = performance.now() + milliseconds;
  // A machine that is busy with something else writes as much, and takes longer for it.
  const isOver = () =>
    performance.now() > end && (watches.told.length > 600 || performance.now() > end + 3 * milliseconds);
  const writing = Array.from({ length: writers }, (_, n) =>
    write(test, hosts, createRandom(random.integer(2 ** 31)), `writer-${n}`, isOver),
  );
  await Promise.all([...writing, sweepOn(test, isOver)]);
  written = true;
  await Promise.all(reading);
  const truth = await readTruth(sql);
  const truthOfWatches = await readTruth(sql, ofWatches);
  await Promise.all(followers.map(({ told }) => untilToldOrQuiet(told, truth.length)));
  await untilToldOrQuiet(watches.told, truthOfWatches.length);
  await Promise.all([...followers, watches].map((follower) => follower.stop()));
  await hosts.end();

  const truthOfCalls = await readTruth(sql, ofCalls);
  return {
    events: truth.length,
    readers: report(truth, readers),
    watches: { events: truthOfWatches.length, ...compare(truthOfWatches, watches.told) },
    naive: report(truthOfCalls, naive),
  };
}

function report(truth: readonly Told[], readers: readonly Reader[]): Record<string, Compared> {
  return Object.fromEntries(readers.map(({ name, told }) => [name, compare(truth, told)]));
}

/** Reads until everything was written and nothing more has come for a quarter of a second. */
async function readOn(reader: Reader, isWritten: () => boolean): Promise<void> {
  for (let quiet = 0; quiet < 50;) {
    const wasWritten = isWritten();
    const found = await reader.read();
    quiet = wasWritten && !found ? quiet + 1 : 0;
    if (!found) await sleep(5);
  }
}

/** For what follows by itself: when nothing has come for so long, what has not is counted as lost. */
async function untilToldOrQuiet(told: readonly Told[], count: number): Promise<void> {
  let known = told.length;
  for (let waited = 0; waited < 20_000 && told.length < count; waited += 20) {
    await sleep(20);
    if (told.length > known) waited = 0;
    known = told.length;
  }
}

/** As the background job does, but ending with the other writers. */
async function sweepOn(test: TestCore, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await sweep(test.service);
    await sleep(300);
  }
}
