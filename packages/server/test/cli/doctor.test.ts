import { openCore, otp, type Core, type Diagnosis, type Figures } from '@countersign/core';
import { createTestDatabase } from '@countersign/core/testing';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOwnServer } from '../../../core/test/log/own-server.ts';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { findingsOf } from '../../src/cli/doctor/judge.ts';
import { openInstallation, runCommand, type Installation, type Ran } from './run-command.ts';

// The log waits for the oldest writing transaction of its whole cluster.
let cluster: AsyncDisposable;
beforeAll(async () => {
  cluster = await startOwnServer();
}, 60_000);
afterAll(() => cluster[Symbol.asyncDispose]());

interface Report {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}
const reportOf = ({ answer }: Ran): Report => JSON.parse(answer) as Report;

/** Core on the database of an installation, for as long as `run` takes. */
async function onCore<Result>(
  { database, secret: own }: Pick<Installation, 'database' | 'secret'>,
  run: (core: Core) => Promise<Result>,
  { secret = own, ageSeconds = 0 } = {},
): Promise<Result> {
  const core = await openCore({
    database: database.url,
    secret,
    methods: [otp({ send: () => Promise.resolve() })],
    migrate: false,
    sweep: false,
    listen: false,
    clock: { now: () => new Date(Date.now() - ageSeconds * 1000) },
  });
  try {
    return await run(core);
  } finally {
    await core.close();
  }
}

const look = async (core: Core): Promise<[Diagnosis, Figures]> => [
  await core.diagnose(),
  await core.figures(),
];

describe('countersign doctor', { timeout: 120_000 }, () => {
  it('finds nothing to do where everything is well, and says so', async () => {
    await using here = await openInstallation();
    const ran = await here.run('doctor');
    expect(ran).toMatchObject({ code: 0, notes: '' });
    for (const name of [
      'database',
      'durability',
      'connections',
      'clock',
      'listen',
      'secret',
      'log',
      'webhooks',
    ])
      expect(ran.answer).toMatch(new RegExp(`^ {2}[✓!] ${name} `, 'm'));
    expect(ran.answer).toMatch(/✓ log +nothing holds it up; epoch \d+\n/);
    expect(ran.answer).toMatch(/! sweep +nothing was swept yet\n/);
    expect(ran.answer).toContain('Nothing has to be done.');
  });

  it('names the process that holds the log up, and how to end it, which helps', async () => {
    await using here = await openInstallation();
    await using elsewhere = await createTestDatabase();
    const host = await elsewhere.sql.connect();
    // Its connection is gone with the test, however that ends.
    await using _leaving = { [Symbol.asyncDispose]: async () => host.release(true) };
    host.on('error', () => undefined);
    await host.query("SET application_name = 'nightly \u001b[31m report'");
    await host.query('BEGIN; CREATE TABLE report (id text)');
    const create = (core: Core) =>
      core.authorizationRequest.create(core.context({ kind: 'service' }), {
        slug: 'transfer',
        subjectId: 'ada',
        title: 'Transfer',
        deliverTo: { channel: 'email', address: 'ada@example.org' },
      });
    // What happened a minute ago has been waiting since.
    await onCore(here, create, { ageSeconds: 60 });
    const { pid } = (await host.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]!;
    const ran = await here.run('doctor');
    expect(ran.code).toBe(1);
    expect(ran.answer).toMatch(
      new RegExp(
        `✗ log +the log is \\d+ \\w+ behind: it waits for process ${pid} "nightly .+ report", postgres in the database \\w+, idle in transaction, in its transaction for \\d+ s\\n +End it: SELECT pg_terminate_backend\\(${pid}\\)`,
      ),
    );
    expect(ran.answer).not.toContain('\u001b');
    expect(ran.answer).toContain('1 problem.');
    await here.database.sql.query('SELECT pg_terminate_backend($1)', [pid]);
    await expect.poll(async () => (await onCore(here, look))[0].openTransactions).toEqual([]);
    const [diagnosis, figures] = await onCore(here, look);
    expect(findingsOf(diagnosis, figures).filter(({ state }) => state === 'problem')).toEqual([]);
  });

  it('says what keeps it from looking, and its secrets nowhere', async () => {
    await using here = await openInstallation();
    await using old = await openInstallation();
    await old.database.sql.query("DELETE FROM countersign.migration WHERE name = '0009-subscribers'");
    const nowhere = 'ada:hunter22@127.0.0.1:1';
    const ran = await Promise.all([
      runCommand(['doctor', '--json'], { cwd: here.path }),
      here.runWith({ env: { DATABASE_URL: `postgresql://${nowhere}/bank` } }, 'doctor', '--json'),
      here.runWith({ env: { COUNTERSIGN_NATS_URL: `nats://${nowhere}` } }, 'doctor', '--json'),
      old.run('doctor', '--json'),
    ]);
    const said = [
      ['settings', 'DATABASE_URL'],
      ['database', 'The database cannot be used (ECONNREFUSED)'],
      ['nats', '127.0.0.1:1 cannot be used'],
      ['database', 'run `countersign migrate`'],
    ] as const;
    for (const [at, [name, text]] of said.entries()) {
      const { code, answer, notes } = ran[at]!;
      expect({ name, code }).toEqual({ name, code: 1 });
      expect(answer.trim().split('\n')).toHaveLength(1);
      const { ok, findings } = reportOf(ran[at]!);
      expect(ok).toBe(false);
      expect(findings.find(({ state }) => state === 'problem')).toMatchObject({
        name,
        says: expect.stringContaining(text) as string,
      });
      expect(answer + notes).not.toMatch(/hunter22|    at /);
    }
  });
});

describe('what the doctor says', { timeout: 60_000 }, () => {
  let here: Installation;
  let diagnosis: Diagnosis;
  let figures: Figures;
  beforeAll(async () => {
    here = await openInstallation();
    [diagnosis, figures] = await onCore(here, look);
  }, 60_000);
  afterAll(() => here[Symbol.asyncDispose]());

  /** What is not well if these things are so. */
  function notWell(other: Partial<Diagnosis>, numbers: Partial<Figures> = {}): Finding[] {
    const usual = new Set(findingsOf(diagnosis, figures).map((finding) => JSON.stringify(finding)));
    return findingsOf({ ...diagnosis, ...other }, { ...figures, ...numbers }).filter(
      (finding) => finding.state !== 'ok' && !usual.has(JSON.stringify(finding)),
    );
  }

  it.each<[string, RegExp, () => Partial<Diagnosis>, Partial<Figures>?]>([
    [
      'problem',
      /fsync and synchronous_commit is off/,
      () => ({ server: { ...diagnosis.server, fsync: false, synchronousCommit: 'off' } }),
    ],
    [
      'problem',
      /is a standby: it takes no writes/,
      () => ({ server: { ...diagnosis.server, isStandby: true } }),
    ],
    [
      'note',
      /PostgreSQL 16\.4/,
      () => ({ server: { ...diagnosis.server, version: '16.4', versionNumber: 160_004 } }),
    ],
    [
      'note',
      /95 of 100 connections in use/,
      () => ({ server: { ...diagnosis.server, connectionsMax: 100, connectionsUsed: 95 } }),
    ],
    [
      'problem',
      /99 of 100 connections in use/,
      () => ({ server: { ...diagnosis.server, connectionsMax: 100, connectionsUsed: 99 } }),
    ],
    ['note', /the database is 700 ms ahead of this machine/, () => ({ clockAheadMilliseconds: 700 })],
    ['problem', /the database is 90 s behind this machine$/, () => ({ clockAheadMilliseconds: -90_000 })],
    [
      'problem',
      /the database is 3600 s behind this machine, from which nothing is archived or deleted/,
      () => ({ clockAheadMilliseconds: -3_600_000, isTooFarAhead: true }),
    ],
    ['note', /LISTEN is answered, but notifications do not arrive/, () => ({ notifications: 'deaf' })],
    [
      'problem',
      /no configured secret opens 2 factors, 1 token key/,
      () => ({
        sealed: [
          { what: 'factor', count: 2, by: 'unknown' },
          { what: 'token_key', count: 1, by: 'unknown' },
        ],
      }),
    ],
    ['note', /could not be read in time/, () => ({ sealed: null })],
    ['note', /holds a lock on a table/, () => ({ tables: null })],
    [
      'note',
      /an earlier secret still opens 1 service key/,
      () => ({
        sealed: [
          { what: 'service_key', count: 1, by: 'previous' },
          { what: 'factor', count: 7, by: 'active' },
        ],
      }),
    ],
    [
      'problem',
      /has to wait for the transaction 'it''s', prepared 2 h ago by ada in the database bank/,
      () => ({ preparedTransactions: [{ name: "it's", database: 'bank', role: 'ada', seconds: 7200 }] }),
    ],
    [
      'problem',
      /process 7, ada in the database bank, which postgres may not look into/,
      () => ({
        openTransactions: [
          { pid: 7, applicationName: '', database: 'bank', role: 'ada', state: null, seconds: null },
        ],
      }),
      { logHorizonLagSeconds: 9 },
    ],
    [
      'problem',
      /who holds it up cannot be seen/,
      () => ({ openTransactions: null }),
      { logHorizonLagSeconds: 9 },
    ],
    [
      'problem',
      /"ledger" is 5 min behind, by 12 events/,
      () => ({}),
      { subscribers: [{ name: 'ledger', isParked: false, failures: 0, lagSeconds: 300, lagEvents: 12 }] },
    ],
    ['note', /nothing was swept for 3 h/, () => ({}), { sweepLagSeconds: 10_800 }],
    [
      'note',
      /countersign\.event has some 20,000 dead rows beside 5 others/,
      () => ({ tables: [{ name: 'event', bytes: 8192, rows: 5, deadRows: 20_000, vacuumedAt: null }] }),
    ],
    [
      'problem',
      /the replication slot "copy", which keeps 2\.0 GB/,
      () => ({ idleSlots: [{ name: 'copy', bytes: 2 * 1024 ** 3 }] }),
    ],
  ])('is a %s, with one way out: %s', (state, says, other, numbers) => {
    expect(notWell(other(), numbers)).toEqual([
      {
        name: expect.any(String) as string,
        state,
        says: expect.stringMatching(says) as string,
        wayOut: expect.stringMatching(/\.$/) as string,
      },
    ]);
  });

  it.each([
    ['active', /transaction_timeout = '30s' \(PostgreSQL 17 or newer\)/],
    ['idle in transaction', /SET idle_in_transaction_session_timeout = '5s'/],
  ])('names the limit that would end a transaction that is %s', (state, limit) => {
    const open = { pid: 7, applicationName: '', database: 'bank', role: 'ada', state, seconds: 60 };
    expect(notWell({ openTransactions: [open] })).toMatchObject([
      { wayOut: expect.stringMatching(limit) as string },
    ]);
  });

  it('does not blame a subscriber for what the log does not show yet', () => {
    const subscribers = [{ name: 'ledger', isParked: false, failures: 0, lagSeconds: 300, lagEvents: 12 }];
    expect(notWell({}, { subscribers, logHorizonLagSeconds: 299 }).map(({ name }) => name)).toEqual(['log']);
  });

  it('is read from the database: a parked subscriber, a webhook that was switched off, a secret that is gone', async () => {
    await using other = await openInstallation();
    await other.database.sql.query(`
      INSERT INTO countersign.subscriber (name, epoch, txid, sequence, id, state, failures, created_at, moved_at)
      VALUES ('ledger', 1, '3', 0, '00000000-0000-0000-0000-000000000000', 'parked', 12, now(), now())`);
    await other.database.sql.query(`
      INSERT INTO countersign.webhook_endpoint (id, url, is_active, disabled_reason, disabled_at, secrets, from_epoch, from_txid,
        created_at, created_by, updated_at)
      VALUES (gen_random_uuid(), 'https://bank.example/hook', false, 'failing', now(), 'xxxxxxxx', 1, '3', now(), 'operator', now())`);
    await onCore(other, (core) =>
      core.serviceKey.create(core.context({ kind: 'operator' }), { title: 'billing' }),
    );
    const secret = randomBytes(32).toString('base64');
    const problems = findingsOf(...(await onCore(other, look, { secret }))).filter(
      ({ state }) => state === 'problem',
    );
    expect(problems.map(({ says }) => says)).toEqual([
      'no configured secret opens 1 service key, 1 webhook endpoint',
      '"ledger" is parked at an event that it has failed at 12 times',
      '1 endpoint was switched off: 1 failed for too long, 0 said 410',
    ]);
  });
});
