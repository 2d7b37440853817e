import { expect, it } from 'vitest';
import { openTestCore } from '../testing/index.ts';
import { createTransfer, refusal, rightProof } from './fixtures.ts';

const noLimits = {
  waitingPerSubjectMax: 1000,
  sendsPerRecipient10MinutesMax: 1000,
  sendsPerSubjectDayMax: 1000,
  sendsPerRecipientDayMax: 1000,
};

it('pages newest first by cursor; what comes in meanwhile shifts nothing', async () => {
  await using test = await openTestCore({ limits: noLimits });
  const ids: string[] = [];
  for (let n = 0; n < 7; n += 1) ids.unshift((await createTransfer(test, { data: n })).id);
  const list = (cursor?: string) =>
    test.core.authorizationRequest.list(test.service, { limit: 3, ...(cursor ? { cursor } : {}) });
  const first = await list();
  await createTransfer(test, { data: 'meanwhile' });
  const second = await list(first.nextCursor ?? '');
  const third = await list(second.nextCursor ?? '');
  expect([first, second, third].flatMap(({ items }) => items.map(({ id }) => id))).toEqual(ids);
  expect(third.nextCursor).toBeNull();
});

it('filters by subject, slug, state, session and related object', async () => {
  await using test = await openTestCore({ limits: noLimits });
  const a = await createTransfer(test, {
    relatedObjects: [
      { type: 'account', id: '1' },
      { type: 'card', id: '2' },
    ],
  });
  const b = await createTransfer(test, {
    subjectId: 'bob',
    slug: 'payout',
    sessionId: 's1',
    relatedObjects: [{ type: 'account', id: '2' }],
  });
  const c = await createTransfer(test, { data: 'c', expiresInSeconds: 60 });
  await test.core.authorizationRequest.deny(test.service, { id: a.id });
  test.clock.advance(60);
  const find = async (input: Parameters<typeof test.core.authorizationRequest.list>[1]) =>
    (await test.core.authorizationRequest.list(test.service, input)).items.map(({ id }) => id);
  expect(await find({ subjectId: 'bob' })).toEqual([b.id]);
  expect(await find({ slug: 'transfer' })).toEqual([c.id, a.id]);
  expect(await find({ sessionId: 's1' })).toEqual([b.id]);
  expect(await find({ state: 'denied' })).toEqual([a.id]);
  expect(await find({ state: 'waiting' })).toEqual([b.id]);
  expect(await find({ state: 'expired' })).toEqual([c.id]);
  expect(await find({ state: 'granted' })).toEqual([]);
  expect(await find({ relatedObject: { type: 'card', id: '2' } })).toEqual([a.id]);
  expect(await find({ relatedObject: { type: 'account', id: '2' } })).toEqual([b.id]);
  expect(await find({ relatedObject: { type: 'card', id: '1' } })).toEqual([]);
});

it('shows a subject its own requests of its own session, a device those of its subject, an operator none', async () => {
  await using test = await openTestCore({ limits: noLimits });
  const free = await createTransfer(test);
  const bound = await createTransfer(test, { data: 1, sessionId: 's1' });
  const other = await createTransfer(test, { data: 2, sessionId: 's2' });
  await createTransfer(test, { subjectId: 'bob' });
  const seen = async (context: typeof test.service, input = {}) =>
    (await test.core.authorizationRequest.list(context, input)).items.map(({ id }) => id).toSorted();
  expect(await seen(test.subject('ada', 's1'))).toEqual([free.id, bound.id].toSorted());
  expect(await seen(test.subject('ada', null))).toEqual([free.id]);
  expect(await seen(test.subject('ada', 's1'), { subjectId: 'bob' })).toEqual([]);
  expect(await seen(test.subject('ada', 's1'), { sessionId: 's2' })).toEqual([]);
  expect(await seen(test.core.context({ kind: 'device', subjectId: 'ada', factorId: 'f' }))).toEqual(
    [free.id, bound.id, other.id].toSorted(),
  );
  await expect(seen(test.core.context({ kind: 'operator' }))).rejects.toMatchObject(refusal('forbidden'));
});

it.each([
  '',
  'cur_',
  'x',
  'cur_!!!',
  `cur_${'z'.repeat(26)}`,
  'evt_0',
  `cur_${'0'.repeat(5000)}`,
  'cur_\u0000',
])('refuses the cursor %j', async (cursor) => {
  await using test = await openTestCore();
  await expect(test.core.authorizationRequest.list(test.service, { cursor })).rejects.toMatchObject(
    refusal('invalid_input'),
  );
});

it('shows no challenge and no digest in a list, and nothing of how it is stored anywhere', async () => {
  await using test = await openTestCore();
  const { id } = await createTransfer(test);
  const [item] = (await test.core.authorizationRequest.list(test.service, {})).items;
  expect(item).toMatchObject({ id, challenge: null });
  await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
  const view = await test.core.authorizationRequest.get(test.service, { id });
  expect(Object.keys(view).toSorted()).toEqual([
    'attemptsLeft',
    'binding',
    'challenge',
    'consumedAt',
    'createdAt',
    'data',
    'dataHash',
    'decidedAt',
    'description',
    'displayHash',
    'executeBefore',
    'expiresAt',
    'facts',
    'grantedAt',
    'id',
    'methods',
    'reason',
    'relatedObjects',
    'requiredBinding',
    'sessionId',
    'slug',
    'state',
    'subjectId',
    'title',
  ]);
});
