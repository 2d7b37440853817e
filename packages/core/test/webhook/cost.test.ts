import { expect, it } from 'vitest';
import type pg from 'pg';
import { bringForward } from '../../src/webhook/statement/bring-forward.ts';
import { cancelDeliveries } from '../../src/webhook/statement/cancel.ts';
import { claimDeliveries } from '../../src/webhook/statement/claim.ts';
import { deliveriesPage, deliveriesPageOfEndpoint } from '../../src/webhook/statement/deliveries.ts';
import { pruneDeliveries } from '../../src/webhook/statement/prune.ts';
import { recordDelivered, recordFailed, recordRetry } from '../../src/webhook/statement/record.ts';
import { parseId } from '../../src/id.ts';
import { openNodes } from '../scoped-token/stored/two-nodes.ts';
import { createEndpoint } from './endpoints.ts';

const values: Readonly<Record<string, string>> = {
  now: 'now()',
  before: 'now()',
  at: 'now()',
  claimedUntil: 'now()',
  lookAgainAt: 'now()',
  id: 'gen_random_uuid()',
  claim: 'gen_random_uuid()',
  endpointId: 'gen_random_uuid()',
  after: 'gen_random_uuid()',
  tried: "'{}'",
  by: "'system'",
  eventContext: 'NULL',
  isGone: 'false',
  busyEndpointIds: "'{}'",
  busyCounts: "'{}'",
  perEndpointMax: '8',
  oldClaims: "'{}'",
  waitsSecondsMax: "'{6}'",
  askedSecondsMax: '86400',
  batchSizeMax: '500',
  limit: '51',
};

/** The one plan that a prepared statement has. */
async function planOf(
  client: pg.ClientBase,
  {
    name,
    text,
    parameters,
  }: { readonly name: string; readonly text: string; readonly parameters: readonly string[] },
): Promise<string> {
  await client.query(`PREPARE ${name} AS ${text}`);
  const given = parameters.map((parameter) => values[parameter] ?? parameter).join(', ');
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE ${name} (${given})`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

it('no look at what is owed, and nothing that comes of it, reads through the deliveries there are', async () => {
  await using nodes = await openNodes();
  const node = await nodes.open();
  const { id } = await createEndpoint(node);
  const { sql } = nodes.database;
  // Half a year of deliveries, and two thousand things of which six events each wait behind the first one.
  await sql.query(
    `INSERT INTO countersign.webhook_delivery
       (id, endpoint_id, activation, event, type, about_id, sequence, is_replay, state, next_at, created_at, finished_at)
     SELECT gen_random_uuid(), $1, 1, 'evt_' || n, 'factor.locked', gen_random_uuid(), 1, false,
       CASE WHEN n % 100 = 0 THEN 'failed' ELSE 'delivered' END, now(), now() - n * interval '1 minute', now() - n * interval '1 minute'
     FROM generate_series(1, 30000) AS n`,
    [parseId('webhook', id)],
  );
  await sql.query(
    `INSERT INTO countersign.webhook_delivery
       (id, endpoint_id, activation, event, type, about_id, sequence, is_replay, body, next_at, created_at)
     SELECT gen_random_uuid(), $1, 1, 'evt_' || n, 'factor.locked', md5(((n - 1) / 7)::text)::uuid, 1 + n % 7, false, '{}', now(), now()
     FROM generate_series(1, 14000) AS n`,
    [parseId('webhook', id)],
  );
  await sql.query('ANALYZE countersign.webhook_delivery, countersign.webhook_endpoint');
  const client = await sql.connect();
  try {
    await client.query("SET plan_cache_mode = 'force_generic_plan'");
    const statements = [
      claimDeliveries,
      cancelDeliveries,
      bringForward,
      recordDelivered,
      recordRetry,
      recordFailed,
      deliveriesPage(null),
      deliveriesPageOfEndpoint(null),
      deliveriesPageOfEndpoint('failed'),
      deliveriesPageOfEndpoint('waiting'),
      pruneDeliveries,
    ];
    for (const statement of statements) {
      const plan = await planOf(client, statement);
      expect(plan, statement.name).not.toMatch(/Seq Scan on webhook_delivery/);
      expect(plan, statement.name).toContain('Index');
    }
  } finally {
    client.release();
  }
});
