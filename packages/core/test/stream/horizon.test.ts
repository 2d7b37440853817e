import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestCore } from '../../testing/index.ts';
import { createTransfer, rightProof, transferData } from '../fixtures.ts';
import { startOwnServer } from '../log/own-server.ts';
import { readOn } from './read-on.ts';

let server: AsyncDisposable;
beforeAll(async () => {
  server = await startOwnServer();
}, 60_000);
afterAll(() => server[Symbol.asyncDispose]());

it('a transaction that stays open elsewhere delays a stream, which loses nothing by it, and no watch', async () => {
  await using test = await openTestCore();
  const { id } = await createTransfer(test);
  await test.events(test.service, {});
  const stream = readOn(await test.core.event.stream(test.service, {}));
  const watching = readOn(await test.core.authorizationRequest.watch(test.service, { id }));
  const host = await test.database.sql.connect();
  await host.query('BEGIN');
  await host.query('CREATE TABLE ledger (id text)'); // now it has a number of its own

  await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
  const consumed = { id, slug: 'transfer', subjectId: 'ada', data: transferData };
  await test.core.authorizationRequest.consume(test.service, consumed);
  await watching.ended;
  expect(watching.told.map(({ sequence }) => sequence)).toEqual([2, 3, 4]);
  expect(stream.told).toEqual([]);

  await host.query('COMMIT');
  host.release();
  await expect.poll(() => stream.told.map(({ sequence }) => sequence), { timeout: 10_000 }).toEqual([3, 4]);
});

it('a watch is told of a consumption in the host’s own transaction when that commits, and of none that is rolled back', async () => {
  await using test = await openTestCore();
  const { id } = await createTransfer(test);
  const watching = readOn(await test.core.authorizationRequest.watch(test.service, { id }));
  await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
  const consumed = { id, slug: 'transfer', subjectId: 'ada', data: transferData };
  const host = await test.database.sql.connect();
  await host.query('BEGIN');
  await test.core.authorizationRequest.consume(test.service, consumed, { tx: host });
  await host.query('ROLLBACK');
  await host.query('BEGIN');
  await test.core.authorizationRequest.consume(test.service, consumed, { tx: host });
  await host.query('COMMIT');
  host.release();
  await watching.ended;
  const { items } = await test.events(test.service, { requestId: id });
  expect(watching.told.slice(1)).toEqual(items.slice(2));
});
