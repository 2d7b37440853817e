import { expect, it } from 'vitest';
import { readServiceKeysInForce } from '../../src/service-key/statement.ts';
import { openNodes } from '../scoped-token/stored/two-nodes.ts';
import { countStatements, createKey, operatorOf } from './two-operators.ts';

it('round trips are create 1, list 1, revoke 1, find none', async () => {
  await using nodes = await openNodes();
  const node = await nodes.open();
  const operator = operatorOf(node);
  await node.core.serviceKey.find((await createKey(node)).key);
  using statements = countStatements(node);
  const cost = async (run: () => Promise<unknown>) => {
    const before = statements.sent.length;
    await run();
    return statements.sent.slice(before).filter((name) => name !== 'service_key_in_force');
  };
  let made = { id: '', key: '' };
  expect(await cost(async () => (made = await createKey(node)))).toEqual(['service_key_insert']);
  expect(await cost(() => node.core.serviceKey.list(operator, {}))).toEqual(['service_key_list']);
  await node.core.serviceKey.find(made.key); // its last use is written once
  expect(await cost(() => node.core.serviceKey.find(made.key))).toEqual([]);
  expect(await cost(() => node.core.serviceKey.revoke(operator, { id: made.id }))).toEqual([
    'service_key_revoke',
  ]);
});

it('the read four times a second passes over the keys that are over', async () => {
  await using nodes = await openNodes();
  const { sql } = nodes.database;
  await sql.query(`
    INSERT INTO countersign.service_key (id, title, role, digest, secret_key_id, created_at, created_by, expires_at, revoked_at, revoked_by)
    SELECT gen_random_uuid(), 'old', 'service', sha256(n::text::bytea), 'k', now(), 'operator',
      CASE WHEN n % 2 = 0 THEN now() - interval '1 day' END,
      CASE WHEN n % 2 = 1 THEN now() END, CASE WHEN n % 2 = 1 THEN 'operator' END
    FROM generate_series(1, 20000) AS n;
    ANALYZE;`);
  const client = await sql.connect();
  await client.query("SET plan_cache_mode = 'force_generic_plan'");
  await client.query(`PREPARE in_force AS ${readServiceKeysInForce.text}`);
  const { rows } = await client.query<{ 'QUERY PLAN': string }>('EXPLAIN EXECUTE in_force (now())');
  client.release();
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toContain('service_key_in_force');
  expect(plan).not.toContain('Seq Scan');
});
