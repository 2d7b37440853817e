import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/orm.ts';
import { createBackoff } from '../../src/event/wake-up/backoff.ts';
import { hearNodes, type HearingTimes } from '../../src/event/wake-up/hear.ts';
import { silentLogger, systemRandomness } from '../../src/runtime.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/index.ts';
import { openLine } from './line.ts';

const quick: HearingTimes = {
  heartbeatMs: 50,
  answerMs: 300,
  retry: { firstMs: 10, longestMs: 50 },
  deafMs: 100,
};
const patience = { timeout: 10_000 };
const areHeard = 'commits of other nodes are heard at once';
const notHeard = 'commits of other nodes are not heard at once, but only when this one polls';

/** One that hears on a database, and what it has heard and logged. */
async function openEar(url: string, times: Partial<HearingTimes> = {}) {
  const database = await openDatabase(url, silentLogger);
  const heard: (readonly string[] | 'everything')[] = [];
  const met: boolean[] = [];
  const lines: string[] = [];
  const write = (level: string) => (_: unknown, text: string) => void lines.push(`${level}: ${text}`);
  const ear = hearNodes(
    {
      database,
      randomness: systemRandomness,
      logger: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    },
    'me',
    {
      changed: (ids) => void heard.push(ids),
      everything: () => void heard.push('everything'),
      met: (isAsking) => void met.push(isAsking),
    },
    { ...quick, ...times },
  );
  return {
    heard,
    met,
    lines,
    count: (line: string) => lines.filter((each) => each === line).length,
    close: () => ear.close(),
    async [Symbol.asyncDispose]() {
      await ear.close();
      await database.close();
    },
  };
}

const notify = ({ sql }: TestDatabase, payload: string) =>
  sql.query("SELECT pg_notify('countersign', $1)", [payload]);

async function listeners({ sql }: TestDatabase): Promise<number[]> {
  const { rows } = await sql.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'countersign listen'",
  );
  return rows.map(({ pid }) => pid);
}

describe('a node', { timeout: 60_000 }, () => {
  it('hears what others tell, not what it told itself, nor what was said on another channel', async () => {
    await using database = await createTestDatabase();
    await using ear = await openEar(database.url);
    await expect.poll(() => ear.heard, patience).toEqual(['everything']);
    await database.sql.query("SELECT pg_notify('another', 'you areq_0')");
    for (const payload of ['me areq_1', 'me *', 'you ?', 'you areq_2', 'you', '', 'you *'])
      await notify(database, payload);
    await expect
      .poll(() => ear.heard, patience)
      .toEqual(['everything', ['areq_2'], [], 'everything', 'everything']);
    // One without a name is no node.
    expect(ear.met).toEqual([true, false, false, false]);
  });

  it('listens again when its connection was killed, looks everywhere then, and says so once', async () => {
    await using database = await createTestDatabase();
    await using ear = await openEar(database.url);
    await expect.poll(() => ear.heard, patience).toEqual(['everything']);
    for (let turn = 1; turn <= 3; turn += 1) {
      for (const pid of await listeners(database))
        await database.sql.query('SELECT pg_terminate_backend($1)', [pid]);
      await expect.poll(() => ear.heard.length, patience).toBe(turn + 1);
    }
    await notify(database, 'you areq_1');
    await expect.poll(() => ear.heard.at(-1), patience).toEqual(['areq_1']);
    expect(ear.lines.filter((line) => line.startsWith('warn'))).toEqual(Array(3).fill(`warn: ${notHeard}`));
    expect(ear.count(`info: ${areHeard}`)).toBe(3);
    expect(await listeners(database)).toHaveLength(1);
  });

  it('notices a connection at whose other end nobody is, though nothing closed it', async () => {
    await using database = await createTestDatabase();
    await using line = await openLine(database.url);
    await using ear = await openEar(line.url);
    await expect.poll(() => ear.heard, patience).toEqual(['everything']);
    line.freeze(true);
    await expect.poll(() => ear.count(`warn: ${notHeard}`), patience).toBe(1);
    line.freeze(false);
    await expect.poll(() => ear.heard, patience).toEqual(['everything', 'everything']);
    await notify(database, 'you areq_1');
    await expect.poll(() => ear.heard.at(-1), patience).toEqual(['areq_1']);
  });

  it('finds out that notifications do not arrive though all else does, says so once, and tries again later', async () => {
    await using database = await createTestDatabase();
    await using line = await openLine(database.url);
    line.swallow(true);
    await using ear = await openEar(line.url, { answerMs: 50, deafMs: 20 });
    await expect.poll(() => line.listeners(), patience).toBeGreaterThan(3);
    expect(ear.lines).toEqual([`warn: ${notHeard}`]);
    expect(ear.heard).toEqual([]);
    line.swallow(false);
    await expect.poll(() => ear.heard, patience).toEqual(['everything']);
    expect(ear.lines).toEqual([`warn: ${notHeard}`, `info: ${areHeard}`]);
  });

  it('asks for nothing but a sign of life while nothing happens', async () => {
    await using database = await createTestDatabase();
    const sent: unknown[] = [];
    const query: unknown = Reflect.get(pg.Client.prototype, 'query');
    Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...input: unknown[]): unknown {
      if (!Object.is(this.database, 'postgres')) sent.push((input[0] as { name?: string }).name ?? input[0]);
      return Reflect.apply(query as (...all: unknown[]) => unknown, this, input);
    });
    try {
      await using _ear = await openEar(database.url);
      await expect.poll(() => sent.length, patience).toBeGreaterThan(5);
    } finally {
      Reflect.set(pg.Client.prototype, 'query', query);
    }
    expect(sent.slice(0, 2)).toEqual(['LISTEN countersign', 'countersign_wake_up']);
    expect(new Set(sent.slice(2))).toEqual(new Set(['SELECT 1']));
  });

  it.each(['while it connects', 'while it listens', 'while it waits to try again'] as const)(
    'stops at once %s, and leaves no connection',
    async (when) => {
      await using database = await createTestDatabase();
      await using line = await openLine(database.url);
      line.freeze(when === 'while it connects');
      line.swallow(when === 'while it waits to try again');
      const never = {
        heartbeatMs: 60_000,
        answerMs: when === 'while it waits to try again' ? 50 : 60_000,
        deafMs: 60_000,
      };
      const ear = await openEar(line.url, never);
      await expect.poll(() => line.listeners(), patience).toBe(1);
      if (when === 'while it listens') await expect.poll(() => ear.heard, patience).toEqual(['everything']);
      if (when === 'while it waits to try again')
        await expect.poll(() => ear.lines, patience).toEqual([`warn: ${notHeard}`]);
      await ear.close();
      expect(ear.lines.filter((each) => each.startsWith('warn')).length).toBe(when.endsWith('again') ? 1 : 0);
      await expect.poll(() => listeners(database), patience).toEqual([]);
      await ear[Symbol.asyncDispose]();
    },
  );
});

it('tries again ever later, and not at the same moment as others', () => {
  const randomness = (share: number) => ({
    bytes: () => new Uint8Array(8),
    integer: (limit: number) => Math.floor(share * (limit - 1)),
  });
  const retry = { firstMs: 250, longestMs: 10_000 };
  const waits = (share: number) => {
    const backoff = createBackoff(randomness(share), retry);
    return Array.from({ length: 8 }, () => backoff.next());
  };
  expect(waits(0)).toEqual([125, 250, 500, 1000, 2000, 4000, 5000, 5000]);
  expect(waits(1)).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  const backoff = createBackoff(randomness(1), retry);
  backoff.next();
  backoff.next();
  backoff.reset();
  expect(backoff.next()).toBe(250);
});

it.each(['in the URL', 'apart from it', 'by a function'] as const)(
  'connects as the pool does, also by a password that is given %s',
  async (how) => {
    await using database = await createTestDatabase();
    const { hostname, port, username, pathname } = new URL(database.url);
    const url = new URL(database.url);
    url.password = 'hunter22';
    const parts = {
      host: decodeURIComponent(hostname),
      port: Number(port),
      user: username,
      dbName: pathname.slice(1),
      password: how === 'by a function' ? async () => await Promise.resolve('hunter22') : 'hunter22',
    };
    const opened = await openDatabase(how === 'in the URL' ? url.href : parts, silentLogger);
    const { client, end } = opened.connect('countersign listen');
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      "SELECT current_setting('application_name') AS name",
    );
    expect(rows).toEqual([{ name: 'countersign listen' }]);
    const { password } = client as unknown as { password: string | (() => Promise<string>) };
    expect(typeof password === 'function' ? await password() : password).toBe('hunter22');
    await end();
    await opened.close();
  },
);
