import { expect, it } from 'vitest';
import type { CoreContext } from '../src/context.ts';
import type { Executor } from '../src/database/executor.ts';
import { sweep } from '../src/maintenance/sweep.ts';
import { openTestCore } from '../testing/index.ts';

/** What random steps have found, each as short as it was found. */
const transfer = { slug: 'transfer', subjectId: 'ada', data: { amountCents: 1 } };
const deliverTo = { channel: 'email', address: 'ada@example.org' } as const;

it('answers the same before and after the sweep: an expired request was not granted, and is expired (I10)', async () => {
  await using test = await openTestCore();
  const { authorizationRequest } = test.core;
  const { id, expiresAt } = await authorizationRequest.create(test.service, { ...transfer, deliverTo });
  test.clock.set(expiresAt);
  const consume = async () => await authorizationRequest.consume(test.service, { ...transfer, id });
  const refused = { reason: 'not_granted', details: { state: 'expired' } };
  await expect(consume()).rejects.toMatchObject(refused);
  await sweep(test.service);
  await expect(consume()).rejects.toMatchObject(refused);
});

it('lets the service grant by its own right check although the subject has checked since', async () => {
  await using test = await openTestCore();
  const { authorizationRequest } = test.core;
  const { id } = await authorizationRequest.create(test.service, { ...transfer, deliverTo });
  const proof = { method: 'otp', code: test.outbox.codeFor(deliverTo.address) };
  await authorizationRequest.check(test.service, { id, proof });
  await authorizationRequest.check(test.subject('ada'), { id, proof });
  const granted = await authorizationRequest.grant(test.service, { id });
  expect(granted.granted).toBe(true);
});

it('answers a repeated call as the first time when its message had failed, whatever was sent since (I15)', async () => {
  await using test = await openTestCore();
  const { authorizationRequest } = test.core;
  const create = async () =>
    await authorizationRequest.create(test.service, { ...transfer, deliverTo, idempotencyKey: 'once' });
  test.outbox.behaviour = () => Promise.reject(new Error('the carrier is down'));
  const failed = await create().catch(
    (error: unknown) => error as { reason: string; authorizationRequest: { id: string } },
  );
  expect(failed).toMatchObject({ reason: 'delivery_failed' });
  const { id } = 'authorizationRequest' in failed ? failed.authorizationRequest : failed;
  test.outbox.behaviour = null;
  await authorizationRequest.challenge(test.service, { id });
  await expect(create()).rejects.toMatchObject({ reason: 'delivery_failed', authorizationRequest: { id } });
});

it('says of too many waiting requests when the first of them expires, not when the refused one would have', async () => {
  await using test = await openTestCore({ limits: { waitingPerSubjectMax: 1 } });
  const { authorizationRequest } = test.core;
  const { expiresAt } = await authorizationRequest.create(test.service, { ...transfer, deliverTo });
  const second = authorizationRequest.create(test.service, { ...transfer, deliverTo, expiresInSeconds: 1 });
  await expect(second).rejects.toMatchObject({ reason: 'rate_limited', details: { retryAt: expiresAt } });
});

it('gives a code the whole time that its request has left, to the last millisecond', async () => {
  await using test = await openTestCore();
  const { authorizationRequest } = test.core;
  const { id, expiresAt } = await authorizationRequest.create(test.service, {
    ...transfer,
    deliverTo,
    expiresInSeconds: 120,
  });
  test.clock.advance(118.999);
  const challenge = await authorizationRequest.challenge(test.service, { id });
  expect(challenge.expiresAt).toEqual(expiresAt);
});

it('gives a repetition that runs beside the first call the same answer, however late it looks at the request (I15)', async () => {
  await using test = await openTestCore();
  const { authorizationRequest } = test.core;
  const { id } = await authorizationRequest.create(test.service, { ...transfer, deliverTo });
  test.clock.advance(60);
  const challenge = async (context: CoreContext) =>
    await authorizationRequest.challenge(context, { id, idempotencyKey: 'once' });
  const first = Promise.withResolvers<unknown>();
  const slow = slowedAfter(test.service, 'countersign_idempotency_read', first.promise);
  const second = challenge(slow);
  const answer = await challenge(test.service);
  first.resolve(answer);
  expect(await second).toEqual(answer);
});

it('denies of what crashes left behind the request that a call is about; another waits for its own call', async () => {
  await using test = await openTestCore();
  const { authorizationRequest } = test.core;
  const create = async () =>
    (await authorizationRequest.create(test.service, { ...transfer, deliverTo, expiresInSeconds: 3600 })).id;
  const ids = [await create(), await create()] as const;
  await test.database.sql.query(
    'UPDATE countersign.authorization_request SET attempts_left = 0, attempts_open = 1, attempted_at = $1',
    [test.clock.now()],
  );
  test.clock.advance(31);
  const stateAfterCall = async (about: string, id: string) => {
    const proof = { method: 'otp', code: '0000000000' };
    await expect(authorizationRequest.check(test.service, { id: about, proof })).rejects.toMatchObject({
      reason: 'attempts_exhausted',
    });
    return (await authorizationRequest.get(test.service, { id })).state;
  };
  expect(await stateAfterCall(ids[0], ids[1])).toBe('waiting');
  expect((await authorizationRequest.get(test.service, { id: ids[0] })).state).toBe('denied');
  expect(await stateAfterCall(ids[1], ids[1])).toBe('denied');
});

/** A caller that is overtaken: after its first statement of that name it waits. */
function slowedAfter(context: CoreContext, statement: string, until: Promise<unknown>): CoreContext {
  const { pool } = context.database;
  let slowed = false;
  const slow: Executor = {
    select: (text, values) => pool.select(text, values),
    async query(asked, parameters) {
      const rows = await pool.query(asked, parameters);
      if (asked.name === statement && !slowed) {
        slowed = true;
        await until;
      }
      return rows;
    },
  };
  return { ...context, db: slow, database: { ...context.database, pool: slow } };
}
