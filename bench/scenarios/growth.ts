import { randomBytes } from 'node:crypto';
import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import { defaultLimits, openCore, otp, type Core } from '@countersign/core';
import { sweep } from '../../packages/core/src/maintenance/sweep.ts';
import type { Benchmark } from '../benchmark.ts';
import { createDatabase } from '../database.ts';
import { grow, type Grown } from '../load/grow.ts';
import { quantile } from '../quantile.ts';

const goal = 1.15;
const requestsPerSubject = 10;
const code = '12345678';
const many = 1_000_000;
const pageSize = 50;
const expiring = 50;
/** Longer than the requests that are to expire live. */
const expiryMs = 120_000;

/** By hand: `GROWTH_REQUESTS=10000000`. */
const requestsLong = Number(process.env['GROWTH_REQUESTS'] ?? 1_000_000);

export const growth: Benchmark = {
  name: 'growth',
  title: 'a cycle, lists, the log and the sweep with many finished requests, beside themselves with few',
  settings: `copies of a finished request with its challenge, proof and four events, ${requestsPerSubject} a subject, spread over 60 days, three quarters of the events where the retention moves them; in process, one at a time, by turns, fsync and synchronous_commit on`,
  async run({ isShort }) {
    const sizes = isShort ? { few: 40, many: 400 } : { few: 10_000, many: requestsLong };
    const effort = isShort ? { rounds: 2, turns: 3 } : { rounds: 9, turns: 30 };
    await using postgres = await startTemporaryPostgres();
    const few = await openGrown(await createDatabase(postgres.url(), 'few'), sizes.few);
    const lots = await openGrown(await createDatabase(postgres.url(), 'many'), sizes.many);
    try {
      const operations = [];
      for (const name of Object.keys(few.operations) as OperationName[])
        operations.push(await compare(name, few, lots, effort));
      return {
        figures: { few: few.grown, many: lots.grown, operations },
        lines: [
          `${told(few.grown)} and ${told(lots.grown)}`,
          ...operations.map(
            ({ name, fewMs, manyMs, ratio }) =>
              `${name.padEnd(34)} ${fewMs.toFixed(2).padStart(7)} ms and ${manyMs.toFixed(2).padStart(7)} ms   ratio ${ratio.toFixed(2)}, goal ${goal}`,
          ),
        ],
      };
    } finally {
      await few.close();
      await lots.close();
    }
  },
};

function told({ requests, events, eventsInArchive, megabytes }: Grown): string {
  return `${requests} requests with ${events} events (${eventsInArchive} in the archive), ${megabytes} MiB`;
}

interface Opened {
  readonly grown: Grown;
  readonly operations: Readonly<Record<OperationName, Operation>>;
  close(): Promise<void>;
}

/** Resolves with what it took, in milliseconds. */
type Operation = () => Promise<number>;
type OperationName =
  | 'cycle'
  | 'list, newest of all'
  | 'list, of one subject'
  | 'log, its end'
  | 'log, its beginning'
  | 'log, of one subject'
  | 'sweep, nothing expires'
  | `sweep, ${typeof expiring} expire`;

async function openGrown(url: string, requests: number): Promise<Opened> {
  let aheadMs = 0;
  const core = await openCore({
    database: url,
    secret: randomBytes(32).toString('base64'),
    methods: [otp({ send: () => Promise.resolve(), generate: () => code })],
    limits: {
      ...defaultLimits,
      sendsPerSubjectDayMax: many,
      sendsPerRecipientDayMax: many,
      sendsPerRecipient10MinutesMax: many,
      waitingPerSubjectMax: many,
    },
    clock: { now: () => new Date(Date.now() + aheadMs), isMovedByHand: true },
    sweep: false,
  });
  const service = core.context({ kind: 'service' });
  let turn = 0;
  const someone = () => `grown-${Math.floor(Math.random() * (requests / requestsPerSubject))}`;
  const create = async (subjectId: string, expiresInSeconds = 300) => {
    turn += 1;
    const { id } = await core.authorizationRequest.create(service, {
      slug: 'transfer',
      subjectId,
      data: { turn },
      title: 'Transfer money',
      expiresInSeconds,
      deliverTo: { channel: 'email', address: `person-${turn}@example.org` },
    });
    return { id, data: { turn } };
  };
  const cycle = async (subjectId: string): Promise<void> => {
    const { id, data } = await create(subjectId);
    await core.authorizationRequest.grant(service, { id, proof: { method: 'otp', code } });
    await core.authorizationRequest.consume(service, { id, slug: 'transfer', subjectId, data });
  };

  await cycle('template');
  const grown = await grow(url, { requests, requestsPerSubject, template: 'template' });
  await sweep(service);
  // Where a reader stands that has read everything but a page.
  const place = await endOf(core, grown.events);
  const operations: Opened['operations'] = {
    cycle: timed(() => cycle(someone())),
    'list, newest of all': timed(() => core.authorizationRequest.list(service, { limit: pageSize })),
    'list, of one subject': timed(() =>
      core.authorizationRequest.list(service, { subjectId: someone(), limit: pageSize }),
    ),
    'log, its end': timed(() => core.event.list(service, { after: place, limit: pageSize })),
    'log, its beginning': timed(() => core.event.list(service, { limit: pageSize })),
    'log, of one subject': timed(() => core.event.list(service, { subjectId: someone(), limit: pageSize })),
    'sweep, nothing expires': timed(() => sweep(service)),
    async 'sweep, 50 expire'() {
      for (let created = 0; created < expiring; created += 1) await create(someone(), 60);
      aheadMs += expiryMs;
      const started = performance.now();
      const decided = await sweep(service);
      if (decided !== expiring) throw new Error(`${decided} expired instead of ${expiring}`);
      return performance.now() - started;
    },
  };
  return { grown, operations, close: () => core.close() };
}

function timed(run: () => Promise<unknown>): Operation {
  return async () => {
    const started = performance.now();
    await run();
    return performance.now() - started;
  };
}

/** The place of an event near the end of the log, by the subject of the last copies. */
async function endOf(core: Core, events: number): Promise<string> {
  const service = core.context({ kind: 'service' });
  const subjectId = `grown-${Math.ceil(events / 4 / requestsPerSubject) - 3}`;
  const { cursor } = await core.event.list(service, { subjectId, limit: 1 });
  if (cursor === null) throw new Error(`${subjectId} has no events`);
  return cursor;
}

/** A few of one, a few of the other: when the machine's speed drifts it drifts for both. */
async function compare(
  name: OperationName,
  few: Opened,
  lots: Opened,
  { rounds, turns }: { readonly rounds: number; readonly turns: number },
) {
  const isSlow = name === `sweep, ${expiring} expire`;
  const median = async ({ operations }: Opened): Promise<number> => {
    const taken: number[] = [];
    for (let turn = 0; turn < (isSlow ? 2 : turns); turn += 1) taken.push(await operations[name]());
    return quantile(taken, 0.5);
  };
  await median(few);
  await median(lots);
  const [ofFew, ofLots]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    ofFew.push(await median(few));
    ofLots.push(await median(lots));
  }
  return {
    name,
    fewMs: quantile(ofFew, 0.5),
    manyMs: quantile(ofLots, 0.5),
    ratio: quantile(
      ofLots.map((taken, round) => taken / (ofFew[round] ?? Number.NaN)),
      0.5,
    ),
  };
}
