import { findViolations } from '@countersign/core/testing';
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Actor } from '@countersign/core';
import { startTestServer, type TestServer } from '../../testing/index.ts';
import { transfer } from '../support/transfer.ts';
import { mailedCodes } from './approve.ts';
import { openLedger, type Ledger } from './bank.ts';
import type { Fate, RaceGround, RaceJob, RaceOutcome, RaceReport } from './race-worker.ts';

const { method, approve } = mailedCodes();
let server: TestServer;
let ledger: Ledger;
let ground: RaceGround;
let processes: ChildProcess[];
beforeAll(async () => {
  const secret = randomBytes(32).toString('base64');
  server = await startTestServer({ secret, methods: [method], operations: { transfer } });
  ledger = await openLedger(server);
  ground = { databaseUrl: server.database.url, secret };
  processes = await Promise.all(Array.from({ length: 4 }, startProcess));
});
afterAll(async () => {
  await Promise.all(processes.map(endProcess));
  await ledger[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function startProcess(): Promise<ChildProcess> {
  const child = fork(new URL('race-worker.ts', import.meta.url), [JSON.stringify(ground)], {
    execArgv: ['--conditions=@countersign/source'],
  });
  const ended = once(child, 'exit').then(([code]: unknown[]) => {
    throw new Error(`a process of the race ended with ${String(code)}`);
  });
  await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined); // From now on it may end.
  return child;
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}

/** Everybody is somebody new, so that tests do not see each other. */
let count = 0;
let ada: Extract<Actor, { kind: 'subject' }>;
let data: RaceJob['data'];
beforeEach(() => {
  count += 1;
  ada = { kind: 'subject', subjectId: `ada-${count}`, sessionId: `session-${count}` };
  data = { to: `GB${count}`, amountCents: 250_000 };
});

/** A grant for the data; its request. */
async function openGrant(): Promise<string> {
  const request = await server.cs.authorizationRequest.create({
    slug: 'transfer',
    subjectId: ada.subjectId,
    sessionId: ada.sessionId!,
    data,
  });
  await approve(server.cs, ada, request);
  return request.id;
}

let jobs = 0;

/** The same call from every process, as often as there are fates for it. */
async function race(fatesOf: (worker: number) => Fate[], transaction = true): Promise<RaceOutcome[]> {
  const reports = await Promise.all(
    processes.map((child, worker) => work(child, fatesOf(worker), transaction)),
  );
  return reports.flat();
}

async function work(
  child: ChildProcess,
  fates: readonly Fate[],
  transaction: boolean,
): Promise<readonly RaceOutcome[]> {
  jobs += 1;
  const number = jobs;
  const answered = Promise.withResolvers<readonly RaceOutcome[]>();
  const hear = (report: RaceReport): void => {
    if (report.number === number) answered.resolve(report.outcomes);
  };
  const gone = (): void => answered.resolve([]);
  child.on('message', hear);
  child.once('exit', gone);
  child.send({ number, actor: ada, data, transaction, fates } satisfies RaceJob);
  const outcomes = await answered.promise;
  child.off('message', hear);
  child.off('exit', gone);
  return outcomes;
}

const fates = (number: number, make: (index: number) => Fate = () => 'commit'): Fate[] =>
  Array.from({ length: number }, (_, index) => make(index));
const ranBy = (outcomes: readonly RaceOutcome[]): string[] =>
  outcomes.flatMap((outcome) => ('ranBy' in outcome ? [outcome.ranBy] : []));
const refusals = (outcomes: readonly RaceOutcome[]) =>
  outcomes.flatMap((outcome) => ('refused' in outcome ? [outcome] : []));

/** That exactly these grants were used and paid for, one payment each, and every invariant holds. */
async function expectPaidBy(ids: readonly string[]): Promise<void> {
  const paid = (await ledger.payments()).filter(({ to }) => to === data.to);
  expect(paid.map(({ authorizationRequestId }) => authorizationRequestId).sort()).toEqual([...ids].sort());
  const { rows } = await server.database.sql.query<{ used: number }>(
    'SELECT count(consumed_at)::int AS used FROM countersign.authorization_request WHERE subject_id = $1',
    [ada.subjectId],
  );
  expect(rows).toEqual([{ used: ids.length }]);
  // Each event is there exactly with its change, and those of a request are numbered without a gap.
  expect(await findViolations(server.database.sql)).toEqual([]);
}

it.each([
  ['in the transaction of the host', true],
  ['without one', false],
])(
  'two hundred guarded calls at once from four processes run once with one grant, %s',
  async (_, transaction) => {
    const id = await openGrant();
    const outcomes = await race(() => fates(50), transaction);
    expect(ranBy(outcomes)).toEqual([id]);
    const refused = refusals(outcomes);
    expect(new Set(refused.map((one) => one.refused))).toEqual(new Set(['PRECONDITION_REQUIRED']));
    // One process asks once for what it is asked at the same moment.
    const asked = new Set(refused.map((one) => one.asked));
    expect(asked.size).toBeGreaterThanOrEqual(1);
    expect(asked.size).toBeLessThanOrEqual(4);
    expect(asked.has(id)).toBe(false);
    await expectPaidBy([id]);
  },
  60_000,
);

it('two grants run two of two hundred calls from four processes, each grant one', async () => {
  const ids = [await openGrant(), await openGrant()];
  const outcomes = await race(() => fates(50));
  expect(ranBy(outcomes).sort()).toEqual([...ids].sort());
  await expectPaidBy(ids);
}, 60_000);

it('resolvers that fail after they have written give the grant back until one succeeds, of two hundred calls', async () => {
  const id = await openGrant();
  const outcomes = await race(() => fates(50, (index) => (index % 10 === 9 ? 'commit' : 'throw')));
  expect(ranBy(outcomes)).toEqual([id]);
  await expectPaidBy([id]);
}, 60_000);

it('a process that is killed after it has written gives the grant back: one of the others runs', async () => {
  const id = await openGrant();
  const doomed = await startProcess();
  const died = once(doomed, 'exit');
  await work(doomed, ['crash'], true);
  await died;
  await expectPaidBy([]);
  const outcomes = await race(() => fates(10));
  expect(ranBy(outcomes)).toEqual([id]);
  await expectPaidBy([id]);
}, 60_000);

it('a process that is killed without a transaction has had its one run: no other one has another', async () => {
  const id = await openGrant();
  const doomed = await startProcess();
  const died = once(doomed, 'exit');
  await work(doomed, ['crash'], false);
  await died;
  const outcomes = await race(() => fates(10), false);
  expect(ranBy(outcomes)).toEqual([]);
  await expectPaidBy([id]);
}, 60_000);
