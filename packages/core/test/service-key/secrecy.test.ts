import { expect, it } from 'vitest';
import { openNodes, until, type Nodes } from '../scoped-token/stored/two-nodes.ts';
import { createKey, operatorOf, pauseKeyReads } from './two-operators.ts';

/** Every row of every table of ours, as text. */
async function everything({ database }: Nodes): Promise<string> {
  const { rows: tables } = await database.sql.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'countersign'",
  );
  const dumps = await Promise.all(
    tables.map(({ name }) => database.sql.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`)),
  );
  return dumps.flatMap(({ rows }) => rows.map(({ row }) => row)).join('\n');
}

it('no service key lies in a table, an event, a log or an error, through a life with every operation and failure', async () => {
  await using nodes = await openNodes();
  const node = await nodes.open();
  const { core } = node;
  const operator = operatorOf(node);
  const failures: string[] = [];
  const failing = async (run: () => Promise<unknown>): Promise<void> => {
    await run().catch((error: unknown) => {
      const { message, stack = '', cause } = error as Error;
      failures.push(message, stack, JSON.stringify(error), String((cause as Error | undefined)?.stack));
    });
  };
  const first = await createKey(node, { idempotencyKey: 'k' });
  const second = await createKey(node, { role: 'operator', expiresInSeconds: 60 });
  const keys = [first.key, second.key];
  const asSecond = await core.serviceKey.find(second.key);
  if (asSecond === null) throw new Error('the key is not known');
  const third = await core.serviceKey.create(core.context(asSecond), { title: 'by a key' });
  keys.push(third.key ?? '');
  for (const key of keys) await core.serviceKey.find(key);
  await core.serviceKey.create(operator, { title: 'billing', idempotencyKey: 'k' });
  await failing(() => core.serviceKey.revoke(operator, { id: first.key }));
  await failing(() => core.serviceKey.create(operator, { title: first.key.repeat(3) }));
  await failing(() => core.serviceKey.list(operator, { cursor: first.key }));
  await core.serviceKey.revoke(operator, { id: first.id, idempotencyKey: 'r' });
  await core.serviceKey.find(first.key);
  await nodes.database.sql.query('ALTER TABLE countersign.service_key RENAME TO away');
  await failing(() => createKey(node));
  await nodes.database.sql.query('ALTER TABLE countersign.away RENAME TO service_key');
  {
    using _ = pauseKeyReads(node);
    nodes.clock.advance(20);
    await failing(() => core.serviceKey.find(second.key));
  }
  await until(async () => (await core.serviceKey.find(second.key).catch(() => null)) !== null);

  expect(failures.length).toBeGreaterThanOrEqual(16);
  const log = nodes.log.join('\n');
  for (const id of [first.id, second.id, third.id]) expect(log).toContain(id);
  expect(log).toContain('a service key was created');
  expect(log).toContain('a service key was revoked');
  const tables = await everything(nodes);
  expect(tables).toContain('by a key'); // what does lie there is found
  expect(tables).toContain(`operator:${second.id}`);
  for (const [where, text] of Object.entries({ tables, log, errors: failures.join('\n') }))
    for (const key of keys) {
      const bytes = Buffer.from(key.slice(4, 47), 'base64url');
      const spellings = [key.slice(0, 20), key.slice(-20), bytes.toString('hex'), bytes.toString('base64')];
      for (const spelling of spellings) expect(text, where).not.toContain(spelling);
    }
});
