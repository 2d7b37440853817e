import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sweep } from '../src/maintenance/sweep.ts';
import { createOutbox, openTestCore, type TestCore } from '../testing/index.ts';
import {
  findChanges,
  findViolations,
  findViolationsIn,
  invariantChecks,
  snapshotImmutable,
} from '../testing/invariants.ts';
import { otp } from '../src/method/methods/otp.ts';
import { totp } from '../src/method/methods/totp.ts';
import { plantFactors } from './model/plant-factors.ts';
import { plants } from './model/plants.ts';
import { answers, createEndpoint, createFarEnd, until } from './webhook/endpoints.ts';

let test: TestCore;

/** One subject for each way a request can end, named after it. */
beforeAll(async () => {
  const mailed = createOutbox();
  const far = createFarEnd();
  far.answer('away.example', () => answers(503));
  const opened = await openTestCore({
    methods: [otp({ send: mailed.send }), totp()],
    webhooks: { transport: far },
  });
  test = Object.assign(opened, { outbox: mailed });
  await createEndpoint(test, 'decisions.example', {
    types: ['authorization_request.granted', 'authorization_request.denied'],
    slug: 'transfer',
  });
  await createEndpoint(test, 'away.example', { types: ['authorization_request.denied'] });
  const { core, service, outbox, clock } = test;
  const { authorizationRequest } = core;
  const data = { to: 'GB29', amountCents: 250_000 };
  const create = async (subjectId: string, idempotencyKey?: string) => {
    const request = await authorizationRequest.create(service, {
      slug: 'transfer',
      subjectId,
      data,
      title: 'Transfer “money”',
      description: 'to\nGB29',
      facts: [{ label: 'Amount', value: '€ 2,500.00' }],
      deliverTo: { channel: 'email', address: `${subjectId}@example.org` },
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
    return request.id;
  };
  const answer = async (id: string, code: string) =>
    await authorizationRequest.grant(service, { id, proof: { method: 'otp', code } });
  const wrong = '0000000000';
  const right = (subjectId: string) => outbox.codeFor(`${subjectId}@example.org`);

  const expired = await authorizationRequest.get(service, { id: await create('expired') });
  clock.set(expired.expiresAt);
  await sweep(service);
  await plantFactors(test);

  const consumed = await create('consumed', 'key');
  await answer(consumed, wrong);
  await answer(consumed, right('consumed'));
  await authorizationRequest.consume(service, {
    id: consumed,
    slug: 'transfer',
    subjectId: 'consumed',
    data,
  });
  await answer(await create('granted'), right('granted'));
  await authorizationRequest.deny(service, { id: await create('denied') });
  await authorizationRequest.cancel(service, { id: await create('cancelled') });
  const exhausted = await create('exhausted');
  for (let attempt = 0; attempt < 5; attempt += 1) await answer(exhausted, wrong);
  const waiting = await create('waiting');
  await answer(waiting, wrong);
  clock.advance(60);
  await authorizationRequest.reset(service, { id: waiting });
  // The log is read for the endpoints to its end.
  await until(async () => (await core.figures()).subscribers.some(({ lagEvents }) => lagEvents === 0));
  // What reads in the background would wait for the tables whose guards are down, and they for it.
  await core.close();
});

afterAll(async () => {
  await test[Symbol.asyncDispose]();
});

it('finds nothing in tables that only core has written', async () => {
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});

it('has something planted against every check', () => {
  const planted = new Set(plants.map(({ against }) => against));
  expect(invariantChecks.map(({ promise }) => promise).filter((promise) => !planted.has(promise))).toEqual(
    [],
  );
});

/** Every guard of the database down: constraints and unique indexes dropped, triggers off. Rolled back with all that follows. */
const guardsDown = /* sql */ `
SET LOCAL session_replication_role = replica;
DO $down$
DECLARE guard record;
BEGIN
  FOR guard IN SELECT conrelid::regclass AS relation, conname FROM pg_constraint
    WHERE connamespace = 'countersign'::regnamespace AND conrelid <> 0 AND contype IN ('c', 'u', 'p', 'f') LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', guard.relation, guard.conname);
  END LOOP;
  FOR guard IN SELECT indexrelid::regclass AS relation FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE indisunique AND relnamespace = 'countersign'::regnamespace LOOP
    EXECUTE format('DROP INDEX %s', guard.relation);
  END LOOP;
  ALTER DOMAIN countersign.attempts DROP CONSTRAINT attempts_check;
END $down$`;

async function onceRolledBack<Result>(run: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const client = await test.database.sql.connect();
  try {
    await client.query('BEGIN');
    return await run(client);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

describe('finds, with every guard of the database down,', () => {
  /** One transaction for all of them, each from where the guards went down. */
  let client: pg.PoolClient;
  beforeAll(async () => {
    client = await test.database.sql.connect();
    await client.query(`BEGIN; ${guardsDown}; SAVEPOINT planted`);
  });
  afterEach(async () => {
    await client.query('ROLLBACK TO planted');
  });
  afterAll(async () => {
    await client.query('ROLLBACK');
    client.release();
  });

  for (const { against, what, sql } of plants) {
    it(`${what} (${against.split(' ', 1)[0]})`, async () => {
      const { rowCount } = await client.query(sql);
      expect(rowCount, 'the plant must change something').toBeGreaterThan(0);
      const violations = await findViolationsIn(client, { now: test.clock.now(), promise: against });
      expect(violations.map((violation) => violation.slice(0, against.length))).toContain(against);
    });
  }

  it('too much for limits that were set tighter', async () => {
    const now = test.clock.now();
    const violations = await findViolationsIn(client, { now, limits: { wrongProofsPerDayMax: 4 } });
    expect(violations).toHaveLength(2);
    expect(violations.every((violation) => violation.startsWith('I5'))).toBe(true);
  });
});

describe('what must never change', () => {
  const changes: Readonly<Record<string, string>> = {
    'what a request asks': `UPDATE countersign.authorization_request SET data = '{"to":"XX"}' WHERE subject_id = 'waiting'`,
    'the hash of its data': `UPDATE countersign.authorization_request SET data_hash = 'other' WHERE subject_id = 'waiting'`,
    'its title': `UPDATE countersign.authorization_request SET title = 'Transfer' WHERE subject_id = 'waiting'`,
    'whose it is': `UPDATE countersign.authorization_request SET subject_id = 'mallory' WHERE subject_id = 'waiting'`,
    'its session': `UPDATE countersign.authorization_request SET session_id = 's1' WHERE subject_id = 'waiting'`,
    'a decision': `UPDATE countersign.authorization_request SET state = 'cancelled' WHERE subject_id = 'denied'`,
    'the reason of a denial': `UPDATE countersign.authorization_request SET reason = 'not_me' WHERE subject_id = 'denied'`,
    'the time of a decision': `UPDATE countersign.authorization_request SET decided_at = now() WHERE subject_id = 'denied'`,
    'a consumption': `UPDATE countersign.authorization_request SET consumed_at = NULL WHERE subject_id = 'consumed'`,
    'a proof': `UPDATE countersign.proof SET method = 'totp'`,
    'the digest of a code': `UPDATE countersign.challenge SET digest = 'other'`,
    'an event': `UPDATE countersign.event SET data = '{}' WHERE type LIKE '%.granted'`,
    'the number of an event': `UPDATE countersign.event SET sequence = sequence + 1`,
    'what a confirmation is for': `UPDATE countersign.confirmation SET purpose = 'other' WHERE subject_id = 'open'`,
    'the value of a confirmation': `UPDATE countersign.confirmation SET value_hash = 'other' WHERE subject_id = 'open'`,
    'when a confirmation was given': `UPDATE countersign.confirmation SET confirmed_at = created_at - interval '1 ms' WHERE subject_id = 'confirmed'`,
    'a use': `UPDATE countersign.confirmation SET state = 'confirmed', used_at = NULL WHERE subject_id = 'used'`,
    'whose a factor is': `UPDATE countersign.factor SET subject_id = 'mallory' WHERE method = 'totp'`,
    'a mark': `UPDATE countersign.factor_mark SET marked_at = now()`,
  };
  const removals: Readonly<Record<string, string>> = {
    'a request': `DELETE FROM countersign.authorization_request WHERE subject_id = 'cancelled'`,
    'a proof': `DELETE FROM countersign.proof`,
    'an event': `DELETE FROM countersign.event WHERE type LIKE '%.check_failed'`,
    'a confirmation': `DELETE FROM countersign.confirmation WHERE subject_id = 'open'`,
    'a factor': `DELETE FROM countersign.factor WHERE method = 'totp'`,
    'a mark': `DELETE FROM countersign.factor_mark`,
  };

  const changesAfter = async (sql: string) =>
    await onceRolledBack(async (client) => {
      const before = await snapshotImmutable(test.database.sql);
      await client.query(guardsDown);
      await client.query(sql);
      return await findChanges(client, before);
    });

  for (const [what, sql] of Object.entries(changes)) {
    it(`is seen when it changes: ${what}`, async () => {
      const found = await changesAfter(sql);
      expect(found.length).toBeGreaterThan(0);
      expect(found.every((violation) => violation.startsWith('I14'))).toBe(true);
    });
  }
  for (const [what, sql] of Object.entries(removals)) {
    it(`is seen when it goes: ${what}`, async () => {
      expect((await changesAfter(sql)).filter((violation) => violation.endsWith('is gone'))).not.toEqual([]);
    });
  }

  it('may be added to: a new request, an event more, a decision where there was none', async () => {
    const before = await snapshotImmutable(test.database.sql);
    const found = await onceRolledBack(async (client) => {
      await client.query(
        `UPDATE countersign.authorization_request SET state = 'denied', decided_at = now() WHERE state = 'waiting'`,
      );
      return await findChanges(client, before);
    });
    expect(found).toEqual([]);
  });
});
