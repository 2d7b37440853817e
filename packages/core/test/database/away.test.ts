import { writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/executor.ts';
import { openDatabase } from '../../src/database/orm.ts';
import { statement } from '../../src/database/statement.ts';
import { openCore, otp, silentLogger } from '../../src/index.ts';
import { createTestDatabase, openTestCore, type TestDatabase } from '../../testing/index.ts';
import { makePlace, startAt } from '../epoch/clusters.ts';
import { createTransfer } from '../fixtures.ts';

const away = {
  name: 'CountersignError',
  reason: 'unavailable_dependency',
  message: 'A service this depends on is away.',
};

function open(database: string, migrate: boolean) {
  const secret = Buffer.alloc(32, 7).toString('base64');
  return openCore({ database, migrate, secret, methods: [otp({ send: async () => undefined })] });
}

/** For connections that are opened from now on; those of the program are ended. */
async function takeNoWrites({ url, sql }: TestDatabase, takesNone = true): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  await sql.query(`ALTER DATABASE ${name} SET default_transaction_read_only = ${takesNone ? 'on' : 'off'}`);
  if (takesNone)
    await sql.query(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'countersign'`,
    );
}

describe('a database that takes no writes is away', () => {
  it('to whoever writes, with a key or without, and to who starts; who reads is answered', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    await takeNoWrites(test.database);
    const api = test.core.authorizationRequest;
    await expect.poll(() => api.get(test.service, { id }).catch(() => null)).toMatchObject({ id });
    for (const idempotencyKey of [undefined, 'key'])
      await expect(createTransfer(test, { data: 2, idempotencyKey })).rejects.toMatchObject(away);
    await expect(open(test.database.url, true)).rejects.toMatchObject(away);
  });

  it('until it takes them: the next transaction has a new connection, which may lead elsewhere', async () => {
    await using test = await createTestDatabase();
    await takeNoWrites(test);
    const database = await openDatabase(test.url, silentLogger);
    const write = statement<object, object>('test_write', 'CREATE TABLE written ()');
    const run = () => database.transaction((db) => db.query(write, {}));
    await expect(run()).rejects.toMatchObject(away);
    await takeNoWrites(test, false);
    await run();
    await database.close();
  });

  it('as a standby is, to a node that starts and to one that was there', { timeout: 60_000 }, async () => {
    await using place = await makePlace();
    {
      await using primary = await startAt(place.directory);
      await (await open(primary.url(), true)).close();
    }
    await writeFile(join(place.directory, 'data', 'standby.signal'), '', { mode: 0o644 });
    await using standby = await startAt(place.directory);
    await expect(open(standby.url(), true)).rejects.toMatchObject(away);
    const core = await open(standby.url(), false);
    const service = core.context({ kind: 'service' });
    const asked = { slug: 'transfer', subjectId: 'ada', data: {}, title: 'Transfer money' };
    const deliverTo = { channel: 'email', address: 'ada@example.org' } as const;
    const refused = await core.authorizationRequest
      .create(service, { ...asked, deliverTo })
      .catch((error: unknown) => error);
    await core.close();
    expect(refused).toMatchObject(away);
  });
});

const look = statement<object, object>('test_look', 'SELECT 1');
const wait = statement<object, object>('test_wait', 'SELECT pg_sleep(10)');

describe('a database that ends our connection is away', () => {
  it.each<[string, (database: Database) => Promise<unknown>]>([
    ['a transaction', (database) => database.transaction((db) => db.query(wait, {}))],
    ['a statement alone', (database) => database.pool.query(wait, {})],
  ])('since %s takes longer than it allows', async (_, run) => {
    await using test = await createTestDatabase();
    const options = '-c transaction_timeout=100';
    const database = await openDatabase({ clientUrl: test.url, driverOptions: { options } }, silentLogger);
    await expect(run(database)).rejects.toMatchObject({ ...away, cause: { code: '25P04' } });
    expect(await database.pool.query(look, {})).toHaveLength(1);
    await database.close();
  });

  it('since nothing is asked in a transaction for too long, also where the next statement is under way by then', async () => {
    await using test = await createTestDatabase();
    await using relay = await openRelay(test);
    const database = await openDatabase(
      { clientUrl: relay.url, driverOptions: { idle_in_transaction_session_timeout: 100 } },
      silentLogger,
    );
    const run = database.transaction(async (db) => {
      await db.query(look, {});
      relay.hold();
      await untilEnded(test);
      await Promise.all([db.query(look, {}), relay.release()]);
    });
    await expect(run).rejects.toMatchObject({ ...away, cause: { code: '25P03' } });
    await database.close();
  });
});

/** What PostgreSQL says is held back, as by a network: it is read after the next statement was sent. */
async function openRelay({ url }: TestDatabase) {
  const { hostname, port, pathname } = new URL(url);
  const held: (() => void)[] = [];
  let isHeld = false;
  const pass = (say: () => void) => (isHeld ? void held.push(say) : say());
  const server = createServer((near) => {
    const far = connect(join(decodeURIComponent(hostname), `.s.PGSQL.${port}`));
    near.on('error', () => undefined).on('close', () => far.destroy());
    near.on('data', (chunk) => void (isHeld || far.write(chunk)));
    far.on('error', () => undefined).on('close', () => pass(() => near.end()));
    far.on('data', (chunk) => pass(() => near.write(chunk)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `postgresql://postgres@127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    hold: () => void (isHeld = true),
    release: async () => held.forEach((say) => say()),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

/** PostgreSQL has ended every connection of the program. */
async function untilEnded({ sql }: TestDatabase): Promise<void> {
  const count = async () => {
    const { rowCount } = await sql.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'countersign'`,
    );
    return rowCount;
  };
  await expect.poll(count, { interval: 10 }).toBe(0);
}
