import { expect, it } from 'vitest';
import type { TestCore } from '../../../testing/index.ts';
import { readDeviceInForce } from '../../../src/factor-management/device/statement/read.ts';
import { useDevice } from '../../../src/factor-management/device/statement/authenticate.ts';
import { keyedPhone, openDeviceCore, secretPhone } from './phone.ts';

/** The names of what was sent, in order, while something runs. */
async function statementsOf(test: TestCore, run: () => Promise<unknown>): Promise<string[]> {
  const { database } = test.service;
  const sent: string[] = [];
  const { transaction } = database;
  const { query } = database.pool;
  const noting =
    (inner: typeof query): typeof query =>
    async (statement, parameters) => {
      sent.push(statement.name.replace('countersign_', ''));
      return await inner(statement, parameters);
    };
  Object.assign(database.pool, { query: noting(query) });
  Object.assign(database, {
    transaction: <Result>(inside: Parameters<typeof transaction<Result>>[0]) =>
      transaction((db, client) => inside({ ...db, query: noting(db.query) }, client)),
  });
  try {
    await run();
  } finally {
    Object.assign(database.pool, { query });
    Object.assign(database, { transaction });
  }
  return sent.filter((name) => !/^(token_keys|token_revocation|method_configuration)/.test(name));
}

it('round trips are a nonce 0, an authentication 4 in one transaction after 1, a refusal 1 for whoever asks', async () => {
  await using test = await openDeviceCore();
  const phone = await keyedPhone(test);
  const unknown = await secretPhone(test, { uuid: 'phone-2' });
  await phone.authenticate();
  const { devices } = test.core;
  const named = { subjectId: 'ada', uuid: 'phone-1' };
  expect(await statementsOf(test, () => devices.nonce(test.service, named))).toEqual([]);
  const said = await phone.said();
  expect(await statementsOf(test, () => devices.authenticate(test.service, said))).toEqual([
    'device_in_force',
    'device_use',
    'scoped_token_epoch',
    'scoped_token_insert',
  ]);
  for (const uuid of ['phone-1', 'nobody']) {
    const wrong = { ...unknown.said, uuid };
    const refused = () => devices.authenticate(test.service, wrong).catch(() => undefined);
    const sent = await statementsOf(test, refused);
    expect(sent.filter((name) => name !== 'device_count_refusal')).toEqual(['device_in_force']);
  }
  expect(await statementsOf(test, () => devices.list(test.service, { subjectId: 'ada' }))).toEqual([
    'device_list',
  ]);
});

it('a device is found and used by an index among many', async () => {
  await using test = await openDeviceCore();
  await keyedPhone(test);
  const { sql } = test.database;
  await sql.query(`
    INSERT INTO countersign.factor (id, subject_id, method, method_id, title, status, is_active, is_default, binding, identity, config, device,
      sequence, created_at, confirmed_at)
    SELECT gen_random_uuid(), 'subject ' || n, method, method_id, '', status, true, false, binding, sha256(n::text::bytea), config, device,
      1, created_at, confirmed_at FROM countersign.factor, generate_series(1, 20000) AS n;
    ANALYZE countersign.factor;`);
  const client = await sql.connect();
  try {
    await client.query("SET plan_cache_mode = 'force_generic_plan'");
    for (const [name, { text, parameters }] of Object.entries({
      found: readDeviceInForce,
      used: useDevice,
    })) {
      await client.query(`PREPARE ${name} AS ${text}`);
      const nothing = parameters.map(() => 'NULL').join(', ');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE ${name} (${nothing})`);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toMatch(/Index Scan using (factor_identity|factor_pkey|factor_subject)/);
      expect(plan).not.toContain('Seq Scan on factor');
    }
  } finally {
    client.release();
  }
});
