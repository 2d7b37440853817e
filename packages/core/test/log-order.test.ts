import pg from 'pg';
import { expect, it } from 'vitest';
import { openTestCore } from '../testing/index.ts';
import { createTransfer, rightProof, transferData } from './fixtures.ts';

it('tells a consumption after its grant, though the host’s transaction is older than the grant', async () => {
  await using test = await openTestCore();
  const { id } = await createTransfer(test);
  await using host = await connect(test.database.url);
  await host.client.query('BEGIN');
  await host.client.query('CREATE TABLE transfer (id text)'); // the host's first write: its transaction has its number now
  await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
  const consume = { id, slug: 'transfer', subjectId: 'ada', data: transferData };
  await test.core.authorizationRequest.consume(test.service, consume, { tx: host.client });
  expect((await test.core.event.list(test.service, {})).items.at(-1)?.type).not.toBe(
    'authorization_request.consumed',
  );
  await host.client.query('COMMIT');
  const { items } = await test.events(test.service, {});
  expect(items.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);

  // What the order of transactions alone would have told:
  const { rows } = await test.database.sql.query(
    'SELECT sequence FROM countersign.event ORDER BY xmin::text::bigint, sequence',
  );
  expect(rows.map(({ sequence }: { sequence: number }) => sequence)).toEqual([1, 2, 4, 3]);
});

it('tells a wrong answer in its place, though it was written in the transaction of an idempotency key', async () => {
  await using test = await openTestCore();
  const { id } = await createTransfer(test);
  const grants = Array.from({ length: 4 }, (_, n) =>
    test.core.authorizationRequest.grant(test.service, {
      id,
      proof: { method: 'otp', code: '00000000' },
      ...(n % 2 === 0 ? { idempotencyKey: `k${n}` } : {}),
    }),
  );
  await Promise.allSettled(grants);
  const { items } = await test.events(test.service, {});
  expect(items.map(({ sequence }) => sequence)).toEqual(items.map((_, index) => index + 1));
});

async function connect(url: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.end() };
}
