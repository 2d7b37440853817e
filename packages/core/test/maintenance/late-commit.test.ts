import { expect, it } from 'vitest';
import { sweep } from '../../src/maintenance/sweep.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { requestByMail } from '../confirmation/fixtures.ts';
import { createTransfer } from '../fixtures.ts';
import { openNode } from '../subscriber/ledger.ts';

/** Runs as at a node whose clock is so many hours behind. */
async function behind<Result>(
  { clock }: TestCore,
  { hours }: { readonly hours: number },
  run: () => Promise<Result>,
): Promise<Result> {
  clock.advance({ hours: -hours });
  try {
    return await run();
  } finally {
    clock.advance({ hours });
  }
}

async function unfinished({ database }: TestCore): Promise<number> {
  const { rows } = await database.sql.query<{ count: number }>(
    `SELECT (SELECT count(*) FROM countersign.authorization_request WHERE state = 'waiting')::int
       + (SELECT count(*) FROM countersign.confirmation WHERE state <> 'expired')::int AS count`,
  );
  return rows[0]?.count ?? 0;
}

/** Copies of the only request: so many that waited for nobody, and had all expired a day or more before. */
async function copy(
  { database, clock }: TestCore,
  count: number,
  state: 'waiting' | 'cancelled',
): Promise<void> {
  const at = `$1::timestamptz - interval '1 day' - n * interval '1 second'`;
  await database.sql.query(
    `INSERT INTO countersign.authorization_request (id, slug, subject_id, title, facts, data, data_hash, display_hash, related_objects, methods,
       required_binding, state, decided_at, sequence, attempts_max, attempts_left, sends_left, execute_within_seconds, created_at, expires_at)
     SELECT gen_random_uuid(), slug, subject_id, title, '[]', '{}', data_hash, display_hash, related_objects, methods, required_binding,
       '${state}', ${state === 'waiting' ? 'NULL' : at}, 2, 5, 5, 3, 300, ${at}, ${at}
     FROM (SELECT * FROM countersign.authorization_request LIMIT 1) AS template, generate_series(1, ${count}) AS n`,
    [clock.now()],
  );
}

it('what was committed when it had long expired, by a node whose clock is behind, expires with its event within an hour', async () => {
  await using test = await openTestCore();
  await sweep(test.service);
  const { id } = await behind(test, { hours: 48 }, () => createTransfer(test));
  const confirmation = await behind(test, { hours: 48 }, () => requestByMail(test));
  test.clock.advance({ hours: 1 });
  expect(await sweep(test.service)).toBe(2);
  expect(await unfinished(test)).toBe(0);
  for (const [type, about] of [
    ['authorization_request.expired', id],
    ['confirmation.expired', confirmation.id],
  ] as const) {
    const { items } = await test.events(test.service, { types: [type] });
    expect(items.map((item) => item.about.id)).toEqual([about]);
  }
  test.clock.advance({ hours: 1 });
  expect(await sweep(test.service)).toBe(0);
});

it('a process that begins to sweep expires it at once', async () => {
  await using test = await openTestCore();
  await sweep(test.service);
  await behind(test, { hours: 48 }, () => createTransfer(test));
  expect(await sweep(test.service)).toBe(0);
  const started = await openNode(test, 'started');
  expect(await sweep(started.context({ kind: 'service' }))).toBe(1);
  await started.close();
});

it('so does one whose clock was set back', async () => {
  await using test = await openTestCore();
  test.clock.advance({ days: 2 });
  await sweep(test.service);
  test.clock.advance({ days: -2 });
  await createTransfer(test);
  test.clock.advance({ minutes: 6 });
  expect(await sweep(test.service)).toBe(1);
});

it('a thousand such requests and more expire once each, a batch at a time', async () => {
  await using test = await openTestCore();
  await sweep(test.service);
  await behind(test, { hours: 48 }, () => createTransfer(test));
  await copy(test, 1200, 'waiting');
  test.clock.advance({ hours: 1 });
  const swept = [];
  for (let sweeps = 0; sweeps < 4; sweeps += 1) swept.push(await sweep(test.service));
  expect(swept).toEqual([500, 500, 201, 0]);
  expect(await unfinished(test)).toBe(0);
});

it('however much is stored before it, it is found: a sweep reads a part of that', async () => {
  await using test = await openTestCore();
  await createTransfer(test, { subjectId: 'template' });
  await copy(test, 25_000, 'cancelled');
  await sweep(test.service);
  await behind(test, { hours: 12 }, () => createTransfer(test));
  const started = await openNode(test, 'started');
  const service = started.context({ kind: 'service' });
  const swept = [];
  for (let sweeps = 0; sweeps < 4; sweeps += 1) swept.push(await sweep(service));
  expect(swept).toEqual([0, 0, 1, 0]);
  await started.close();
});
