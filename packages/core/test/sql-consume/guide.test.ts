import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { createTransfer, rightProof } from '../fixtures.ts';
import { createHostRole, verdictOf, type HostRole } from './host-role.ts';

const guide = readFileSync(new URL('../../../../docs/guides/consume-in-sql.md', import.meta.url), 'utf8');
const blocks = [...guide.matchAll(/```sql\n([^]*?)```/g)].map(([, block = '']) => block);

/** The first cells of a table, each without its backticks. */
function rowsOf(firstColumn: string): string[][] {
  const [, table = ''] = guide.split(`\n| ${firstColumn} |`, 2);
  const [rows = ''] = table.split('\n\n', 1);
  return rows
    .split('\n')
    .slice(2)
    .map((row) => [...row.matchAll(/\| `(\w+)` (?=\|)/g)].map(([, cell = '']) => cell));
}

let test: TestCore;
let host: HostRole;
beforeAll(async () => {
  test = await openTestCore();
  host = await createHostRole(test.database, []);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

it('the SQL of the guide runs as it stands there, and its two grants are all that it needs', async () => {
  const [grants = '', transaction = ''] = blocks;
  expect(blocks).toHaveLength(2);
  const { id } = await createTransfer(test, { sessionId: 'web-1' });
  const program = transaction.replaceAll('areq_…', id);
  const client = await host.connect();
  await client.query(`SET search_path = ${host.name}`);
  await client.query('CREATE TABLE ledger (request_id text, account text, amount_cents integer)');

  expect(await verdictOf(client.query(program))).toMatch(/^42501 permission denied for schema/);
  await client.query('ROLLBACK');
  await test.database.sql.query(grants.replaceAll(/\bbank\b/g, host.name));
  expect(await verdictOf(client.query(program))).toBe('CS103 not_granted');
  await client.query('ROLLBACK');
  await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
  expect(await verdictOf(client.query(program))).toBe('consumed');
  expect(await verdictOf(client.query(program))).toBe('CS104 already_consumed');
  await client.query('ROLLBACK');
  const { rows } = await client.query('SELECT * FROM ledger');
  expect(rows).toEqual([{ request_id: id, account: 'GB29', amount_cents: 250_000 }]);
});

it('the tables and the receipt of the guide are those of the function', async () => {
  const { rows } = await test.database.sql.query<{ text: string; named: string; fields: string[] }>(
    `SELECT pg_get_functiondef(p.oid) AS text, pg_get_function_arguments(p.oid) AS named,
       ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = 'countersign.receipt'::regclass ORDER BY attnum) AS fields
     FROM pg_proc p WHERE p.oid = 'countersign.consume'::regproc`,
  );
  const [{ text, named, fields } = { text: '', named: '', fields: [] }] = rows;
  expect(rowsOf('parameter').map((cells) => cells.join(' '))).toEqual(
    named.replace(' DEFAULT NULL::text', '').split(', '),
  );
  const raised = text.matchAll(/ERRCODE = '(CS\d+)', MESSAGE = '(\w+)'/g);
  expect(rowsOf('SQLSTATE')).toEqual([...raised].map(([, code = '', message = '']) => [code, message]));
  const said = guide.match(/the receipt: ([^.]*)\./)?.[1] ?? '';
  expect([...said.matchAll(/`(\w+)`/g)].map(([, field]) => field)).toEqual(fields);
});
