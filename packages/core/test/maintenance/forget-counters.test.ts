import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { forgetRecipients, forgetSubjects } from '../../src/challenge/forget.ts';
import { daysBefore, defaultRetention } from '../../src/maintenance/retention.ts';
import { forget } from '../../src/maintenance/forget.ts';
import { sweep } from '../../src/maintenance/sweep.ts';
import { findViolations, openTestCore, type TestCore } from '../../testing/index.ts';
import { createTransfer, refusal, rightProof, transferData, wrongProof } from '../fixtures.ts';

const { requestDays } = defaultRetention;

async function known(test: TestCore): Promise<string[]> {
  const { rows } = await test.database.sql.query<{ subject_id: string }>(
    'SELECT subject_id FROM countersign.subject_security ORDER BY subject_id',
  );
  return rows.map(({ subject_id: id }) => id);
}

async function rowsOf({ database }: TestCore, table: string): Promise<number> {
  const { rowCount } = await database.sql.query(`SELECT FROM countersign.${table}`);
  return rowCount ?? 0;
}

async function charges(test: TestCore, subjectId: string): Promise<number> {
  const { rows } = await test.database.sql.query<{ charges: number }>(
    'SELECT cardinality(charged_at) AS charges FROM countersign.subject_security WHERE subject_id = $1',
    [subjectId],
  );
  return rows[0]?.charges ?? 0;
}

/** Of people who were here long ago, and left nothing but counters. */
async function plantOld(test: TestCore, subjects: number): Promise<void> {
  await test.database.sql.query(
    `INSERT INTO countersign.subject_security (subject_id, charged_at, sent_at, waiting_until)
     SELECT 'old-' || lpad(n::text, 6, '0'), ARRAY[moment], ARRAY[moment], ARRAY[moment]
     FROM generate_series(1, $1::int) AS n, (SELECT $2::timestamptz AS moment) AS old`,
    [subjects, daysBefore(test.clock.now(), requestDays + 2)],
  );
}

it('forgets what counts nothing any more, with the last request of its subject, and the invariants hold', async () => {
  await using test = await openTestCore();
  const { id } = await createTransfer(test);
  await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test) });
  await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
  await createTransfer(test, { subjectId: 'grace' }); // expires
  test.clock.advance({ days: 1 });
  await sweep(test.service);
  test.clock.advance({ days: requestDays - 1 });
  expect(await forget(test.service, defaultRetention)).toEqual({ rows: 0, isMore: false });
  test.clock.advance({ days: 2 });
  expect(await forget(test.service, defaultRetention)).toEqual({ rows: 6, isMore: false });
  expect([await known(test), await rowsOf(test, 'recipient_security')]).toEqual([[], 0]);
  const again = await createTransfer(test);
  await test.core.authorizationRequest.grant(test.service, { id: again.id, proof: rightProof(test) });
  expect(await known(test)).toEqual(['ada']);
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});

it('keeps the counters of a subject as long as there is a request of it: its proofs are charged to them', async () => {
  await using test = await openTestCore();
  await createTransfer(test); // expires, and nobody sweeps it
  test.clock.advance({ days: 10 * requestDays });
  await forget(test.service, defaultRetention);
  expect(await known(test)).toEqual(['ada']);
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  await sweep(test.service);
  test.clock.advance({ days: 10 * requestDays });
  await forget(test.service, defaultRetention);
  expect(await known(test)).toEqual([]);
});

describe('keeps for ever', () => {
  /** The statement alone, of a subject without requests: nothing but the counters themselves keeps them. */
  const forgotten = async (test: TestCore) => {
    const before = daysBefore(test.clock.now(), requestDays);
    const [done] = await test.service.database.pool.query(forgetSubjects, { before, chance: 0 });
    return done?.count;
  };

  it('the epoch of revoked tokens: a token of before does not come back', async () => {
    await using test = await openTestCore();
    await plantOld(test, 3);
    await test.database.sql.query(
      `UPDATE countersign.subject_security SET security_epoch = 1 WHERE subject_id = 'old-000002'`,
    );
    expect(await forgotten(test)).toBe(2);
    expect(await known(test)).toEqual(['old-000002']);
  });

  it('a streak of wrong proofs, which only a right one ends, and the lock that it grows to', async () => {
    await using test = await openTestCore();
    const api = test.core.authorizationRequest;
    const locked = { ...test.service, limits: { ...test.service.limits, consecutiveWrongMax: 2 } };
    for (const data of [1, 2]) {
      const { id } = await createTransfer(test, { data });
      await api.grant(locked, { id, proof: wrongProof(test) });
      test.clock.advance({ days: 1 });
      await sweep(test.service);
      test.clock.advance({ days: 10 * requestDays });
      await forget(test.service, defaultRetention);
      expect(await known(test)).toEqual(['ada']);
      expect(await charges(test, 'ada')).toBe(data);
    }
    const { id } = await createTransfer(test);
    await expect(api.grant(locked, { id, proof: rightProof(test) })).rejects.toMatchObject(
      refusal('factor_locked'),
    );
  });

  it('the number of the events of a subject, so that none of two events has the number of another', async () => {
    await using test = await openTestCore();
    await plantOld(test, 1);
    const operator = test.core.context({ kind: 'operator' });
    await test.core.operator.unlock(operator, { subjectId: 'old-000001' });
    test.clock.advance({ days: 10 * requestDays });
    expect(await forgotten(test)).toBe(0);
  });

  it('what counts today, of each kind, or still holds', async () => {
    await using test = await openTestCore();
    const now = test.clock.now();
    const kinds = ['charged_at', 'sent_at', 'waiting_until', 'prompted_at', 'confirming_until'];
    await plantOld(test, kinds.length + 4);
    const change = async (n: number, assignment: string, value: unknown) =>
      await test.database.sql.query(
        `UPDATE countersign.subject_security SET ${assignment} WHERE subject_id = $1`,
        [`old-00000${n}`, value],
      );
    for (const [index, kind] of kinds.entries())
      await change(index + 1, `${kind} = ${kind} || $2::timestamptz`, now);
    await change(
      6,
      `prompts = jsonb_build_object('a', jsonb_build_object('slug', 'a', 'until', $2::bigint))`,
      now.getTime(),
    );
    await change(7, 'muted_until = $2::timestamptz', now);
    await change(8, 'locked_until = $2::timestamptz', now);
    expect(await forgotten(test)).toBe(1);
    expect(await known(test)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `old-00000${n}`));
  });
});

describe('at the same moment', () => {
  const before = (test: TestCore) => ({ before: daysBefore(test.clock.now(), requestDays), chance: 0 });

  /** What two statements would do: who is due was true when it was asked. */
  async function forgetNaively(test: TestCore, between: () => Promise<unknown>): Promise<void> {
    const { rows } = await test.database.sql.query<{ subject_id: string }>(
      'SELECT subject_id FROM countersign.subject_security WHERE $1::timestamptz >= ALL (charged_at)',
      [before(test).before],
    );
    await between();
    const ids = rows.map(({ subject_id: id }) => id);
    await test.database.sql.query('DELETE FROM countersign.subject_security WHERE subject_id = ANY ($1)', [
      ids,
    ]);
  }

  async function guessWrong(test: TestCore, subjectId: string, data: unknown = transferData): Promise<void> {
    const { id } = await createTransfer(test, { subjectId, data });
    await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test, subjectId) });
  }

  it('a wrong proof is counted, by whoever has the row: forgetting neither waits for it nor takes it away', async () => {
    await using test = await openTestCore();
    await plantOld(test, 1);
    await forgetNaively(test, () => guessWrong(test, 'old-000001'));
    expect(await charges(test, 'old-000001')).toBe(0); // The count is lost.
    await test.database.sql.query('TRUNCATE countersign.subject_security');
    await plantOld(test, 3);
    const guessing = await test.database.sql.connect();
    await guessing.query('BEGIN');
    await guessing.query(
      `UPDATE countersign.subject_security SET charged_at = charged_at || $1::timestamptz WHERE subject_id = 'old-000002'`,
      [test.clock.now()],
    );
    expect(await test.service.database.pool.query(forgetSubjects, before(test))).toEqual([{ count: 1 }]);
    await guessing.query('COMMIT');
    guessing.release();
    expect(await test.service.database.pool.query(forgetSubjects, before(test))).toEqual([{ count: 0 }]);
    expect(await charges(test, 'old-000002')).toBe(2);
  });

  it('a request that is created while its old counters go waits for that, and counts from the beginning', async () => {
    await using test = await openTestCore();
    await plantOld(test, 1);
    let created: Promise<unknown> = Promise.resolve();
    await test.service.database.transaction(async (db) => {
      expect(await db.query(forgetSubjects, before(test))).toEqual([{ count: 1 }]);
      created = guessWrong(test, 'old-000001');
      created.catch(() => undefined);
      await expect
        .poll(
          async () =>
            (await test.database.sql.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
              .rowCount,
          { timeout: 10_000 },
        )
        .toBeGreaterThan(0);
    });
    await created;
    expect(await charges(test, 'old-000001')).toBe(1);
    expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  });

  it('of a hundred wrong proofs by people with old counters, while these are forgotten all the time, none is lost', async () => {
    await using test = await openTestCore();
    await plantOld(test, 100);
    const people = await known(test);
    let isOver = false;
    const forgetting = (async () => {
      let sum = 0;
      while (!isOver) {
        const [done] = await test.service.database.pool.query(forgetSubjects, before(test));
        sum += done?.count ?? 0;
        await sleep(1);
      }
      return sum;
    })();
    await Promise.all(people.map((subjectId) => guessWrong(test, subjectId)));
    isOver = true;
    await forgetting;
    const { rows } = await test.database.sql.query(
      `SELECT subject_id FROM countersign.subject_security WHERE (SELECT count(*) FROM unnest(charged_at) AS moment WHERE moment >= $1) = 1`,
      [test.clock.now()],
    );
    expect(rows).toHaveLength(100);
    expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  });
});

it('looks through one part of a table in a run, whatever its size, and through each of them in the end', async () => {
  await using test = await openTestCore();
  await plantOld(test, 6000);
  await test.database.sql.query(
    `INSERT INTO countersign.recipient_security SELECT sha256(n::text::bytea), ARRAY['epoch'::timestamptz] FROM generate_series(1, 8000) AS n`,
  );
  const before = daysBefore(test.clock.now(), requestDays);
  for (const [one, table, parts] of [
    [forgetSubjects, 'subject_security', 4],
    [forgetRecipients, 'recipient_security', 3],
  ] as const) {
    const { rows } = await test.database.sql.query<{ parts: number }>(
      `SELECT ceil(pg_relation_size('countersign.${table}') / 8192.0 / 64)::int AS parts`,
    );
    const many = rows[0]?.parts ?? 0;
    expect(many).toBeGreaterThanOrEqual(parts);
    const counts = [];
    for (let part = 0; part < many; part += 1) {
      expect(await rowsOf(test, table)).toBeGreaterThan(0);
      for (;;) {
        const chance = (part + 0.5) / many;
        const [done] = await test.service.database.pool.query(one, { before, chance });
        counts.push(done?.count ?? 0);
        if (done?.count !== 500) break;
      }
    }
    expect(counts.filter((count) => count < 500)).toHaveLength(many);
    expect(await rowsOf(test, table)).toBe(0);
  }
});
