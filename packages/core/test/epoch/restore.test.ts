import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { openDatabase } from '../../src/database/orm.ts';
import { formatPosition, parsePosition } from '../../src/event/position.ts';
import { openCore, otp, type EventView } from '../../src/index.ts';
import { archive } from '../../src/maintenance/archive.ts';
import { silentLogger } from '../../src/runtime.ts';
import { createOutbox, createTestClock, findViolations } from '../../testing/index.ts';
import { transferData } from '../fixtures.ts';
import { age, copyCluster, copyRows, makePlace, openPool, recoverAt, startAt } from './clusters.ts';

const secret = randomBytes(32).toString('base64');
const clock = createTestClock();
const outbox = createOutbox();

/** Core on the database of a cluster, and the way to its tables. */
async function openOn(url: string) {
  const core = await openCore({
    database: url,
    secret,
    clock,
    methods: [otp({ send: outbox.send })],
    sweep: false,
    listen: false,
  });
  const sql = openPool(url);
  return {
    core,
    sql,
    service: core.context({ kind: 'service' }),
    async [Symbol.asyncDispose]() {
      await core.close();
      await sql.end();
    },
  };
}

type Opened = Awaited<ReturnType<typeof openOn>>;

async function ask({ core, service }: Opened): Promise<string> {
  const deliverTo = { channel: 'email', address: 'ada@example.org' } as const;
  const asked = {
    slug: 'transfer',
    subjectId: 'ada',
    data: transferData,
    title: 'Transfer money',
    deliverTo,
  };
  return (await core.authorizationRequest.create(service, asked)).id;
}

async function grant({ core, service }: Opened, id: string): Promise<void> {
  const proof = { method: 'otp', code: outbox.codeFor('ada@example.org') };
  await core.authorizationRequest.grant(service, { id, proof });
}

async function readAll({ core, service }: Opened, after?: string): Promise<EventView[]> {
  return (await core.event.list(service, { limit: 500, ...(after !== undefined && { after }) })).items;
}

async function epochOf({ sql }: Opened): Promise<number> {
  const { rows } = await sql.query<{ epoch: number }>('SELECT epoch FROM countersign.installation');
  return rows[0]?.epoch ?? 0;
}

/** A named reader that has everything up to an event. */
async function placeSubscriber({ sql }: Opened, event: EventView | undefined): Promise<void> {
  const place = parsePosition(event?.id ?? '');
  await sql.query(
    `INSERT INTO countersign.subscriber (name, epoch, txid, sequence, id, created_at, moved_at) VALUES ('ledger', $1, $2, $3, $4, now(), now())`,
    [place?.epoch, place?.txid, place?.sequence, place?.id],
  );
}

async function subscribedTo({ core, service, sql }: Opened): Promise<EventView[]> {
  const { rows } = await sql.query<{ epoch: number; txid: string; sequence: number; id: string }>(
    'SELECT epoch, txid::text, sequence, id FROM countersign.subscriber',
  );
  const [place] = rows;
  if (!place) throw new Error('there is one');
  return (await core.event.list(service, { after: formatPosition(place), limit: 500 })).items;
}

it('a recovery to a point in time loses nothing that is written after it, also for who has read what it took back', async () => {
  await using one = await makePlace();
  await using two = await makePlace();
  let kept: EventView[];
  let lost: EventView[];
  let waiting: string;
  {
    await using postgres = await startAt(one.directory);
    await using before = await openOn(postgres.url());
    await grant(before, await ask(before));
    waiting = await ask(before);
    kept = await readAll(before);
    await placeSubscriber(before, kept[2]);
  }
  await copyCluster(one.directory, two.directory);
  {
    await using postgres = await startAt(one.directory);
    await using gone = await openOn(postgres.url());
    expect(await epochOf(gone)).toBe(1);
    await age(gone.sql, 500);
    await ask(gone);
    lost = await readAll(gone, kept.at(-1)?.id);
    expect(lost).toHaveLength(2);
  }
  await using postgres = await recoverAt(two.directory);
  const sql = openPool(postgres.url());
  const { rows } = await sql.query<{ ahead: boolean }>(
    'SELECT bool_or(txid >= pg_snapshot_xmax(pg_current_snapshot())) AS ahead FROM countersign.event',
  );
  await sql.end();
  expect(rows, 'nothing that is stored tells it').toEqual([{ ahead: false }]);

  await using after = await openOn(postgres.url());
  expect(await epochOf(after)).toBe(2);
  await grant(after, waiting);
  await grant(after, await ask(after));
  const written = (await readAll(after)).slice(kept.length);
  expect((await readAll(after)).slice(0, kept.length)).toEqual(kept);
  expect(written).toHaveLength(4);
  expect(await readAll(after, lost.at(-1)?.id)).toEqual(written);
  expect(await readAll(after, kept.at(-1)?.id)).toEqual(written);
  expect(await subscribedTo(after)).toEqual([...kept.slice(3), ...written]);
  expect(await findViolations(after.sql, { now: clock.now() })).toEqual([]);
}, 60_000);

it('a dump in a younger cluster reads as it did, archive included, and goes on behind it', async () => {
  await using one = await makePlace();
  await using two = await makePlace();
  await using older = await startAt(one.directory);
  await using younger = await startAt(two.directory);
  await using before = await openOn(older.url());
  await age(before.sql, 3000);
  await grant(before, await ask(before));
  clock.advance({ days: 8 });
  const waiting = await ask(before);
  expect(await archive(before.service, { archiveAfterDays: 7 })).toBe(3);
  const kept = await readAll(before);
  await placeSubscriber(before, kept[1]);
  await before.sql.query('UPDATE countersign.subject_security SET event_txid = pg_current_xact_id()');

  const database = await openDatabase(younger.url(), silentLogger);
  await migrate(database);
  await database.close();
  const into = openPool(younger.url());
  await copyRows(before.sql, into);
  await into.end();

  await using after = await openOn(younger.url());
  expect(await epochOf(after)).toBe(2);
  expect(await readAll(after)).toEqual(kept);
  await grant(after, waiting);
  await grant(after, await ask(after));
  const written = await readAll(after, kept.at(-1)?.id);
  expect(written.map(({ type }) => type.split('.')[1])).toEqual([
    'granted',
    'created',
    'challenged',
    'granted',
  ]);
  expect(await readAll(after)).toEqual([...kept, ...written]);
  expect(await subscribedTo(after)).toEqual([...kept.slice(2), ...written]);
  const { rows } = await after.sql.query(
    'SELECT bool_or(event_txid >= pg_snapshot_xmax(pg_current_snapshot())) AS ahead FROM countersign.subject_security',
  );
  expect(rows, 'what will be told of a subject stands in this cluster').toEqual([{ ahead: false }]);
  expect(await findViolations(after.sql, { now: clock.now() })).toEqual([]);
}, 60_000);

it('a start that finds the same cluster as before raises nothing', async () => {
  await using one = await makePlace();
  await using postgres = await startAt(one.directory);
  for (let starts = 0; starts < 3; starts += 1) {
    await using opened = await openOn(postgres.url());
    await ask(opened);
    expect(await epochOf(opened)).toBe(1);
  }
}, 60_000);
