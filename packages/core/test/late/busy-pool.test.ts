import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineOperation } from '../../src/index.ts';
import { addFactor } from '../confirmation/fixtures.ts';
import { issueAndPresent } from '../scoped-token/stored/present.ts';
import { ask, askFactor, asBefore, nothingIsProven, rowsOf } from './fixtures.ts';
import { openLateCore, refusedAs, right, wrong, type LateCore } from './overtaken.ts';

const expired = refusedAs('expired');

/** A request that was granted, and a minute to use it. */
async function granted(test: LateCore, sessionId: string) {
  const { id } = await test.core.authorizationRequest.create(test.service, {
    slug: 'transfer',
    subjectId: 'ada',
    sessionId,
    title: 'Transfer money',
    methods: ['word'],
    executeWithinSeconds: 60,
  });
  await test.core.authorizationRequest.grant(test.service, { id, proof: { method: 'word', ...right } });
  return { id, slug: 'transfer', subjectId: 'ada', sessionId };
}

describe('while this process waits for a connection of its own', () => {
  it('a request expires: it is not granted by what was judged right, no check of it is right, no factor is spent', async () => {
    await using test = await openLateCore();
    const api = test.core.authorizationRequest;
    const byWord = { method: 'word', ...right };
    const byCard = { method: 'card', ...right };
    const [one, other] = [await ask(test, 'ada'), await ask(test, 'bob')];
    const [third, fourth] = [await askFactor(test, 'cy'), await askFactor(test, 'dan')];
    test.clock.advance(299.9);
    const answers = await test.queued(
      [
        () => api.grant(test.service, { id: one, proof: byWord }),
        () => api.check(test.service, { id: other, proof: byWord }),
        () => api.grant(test.service, { id: third, proof: byCard }),
        () => api.check(test.service, { id: fourth, proof: byCard }),
      ],
      'the methods',
    );
    expect(answers).toMatchObject(answers.map(() => expired));
    expect(await rowsOf(test)).toEqual(answers.map(() => ({ ...asBefore, attempts_left: 4 })));
    await nothingIsProven(test);
  });

  it('a request expires: it is neither denied nor cancelled, and no guess at it is counted', async () => {
    await using test = await openLateCore();
    const api = test.core.authorizationRequest;
    const [denied, cancelled, guessed] = [
      await ask(test, 'ada'),
      await ask(test, 'ada'),
      await ask(test, 'ada'),
    ];
    test.clock.advance(299.9);
    const answers = await test.queued([
      () => api.deny(test.service, { id: denied }),
      () => api.cancel(test.service, { id: cancelled }),
      () => api.grant(test.service, { id: guessed, proof: { method: 'word', ...wrong } }),
    ]);
    expect(answers).toMatchObject(answers.map(() => expired));
    expect(await rowsOf(test)).toEqual(answers.map(() => asBefore));
  });

  it('a grant’s window passes: it is not used, neither by its id nor by what it is for', async () => {
    await using test = await openLateCore();
    const byId = await granted(test, 's1');
    await granted(test, 's2');
    const operation = defineOperation({ slug: 'transfer', data: z.unknown(), title: 'Transfer money' });
    const ada = test.subject('ada', 's2');
    const guarded = test.core.guard.call(ada, { operation, data: undefined });
    test.clock.advance(59.9);
    const answers = await test.queued([
      () => test.core.authorizationRequest.consume(test.service, byId),
      () => test.core.guard.take(ada, guarded),
    ]);
    expect(answers).toMatchObject([
      refusedAs('execution_window_passed'),
      { status: 'fulfilled', value: null },
    ]);
  });

  it('a request expires: it is neither asked again nor revived by what its method has made', async () => {
    await using test = await openLateCore();
    const api = test.core.authorizationRequest;
    const [asked, reset] = [await ask(test, 'ada'), await ask(test, 'ada')];
    test.clock.advance(299.9);
    const answers = await test.queued(
      [() => api.challenge(test.service, { id: asked }), () => api.reset(test.service, { id: reset })],
      'the methods',
    );
    expect(answers).toMatchObject([expired, expired]);
    expect(await rowsOf(test)).toEqual([asBefore, asBefore]);
  });

  it('a request expires: its last wrong answer does not deny it', async () => {
    await using test = await openLateCore({ limits: { consecutiveWrongFree: 100 } });
    const api = test.core.authorizationRequest;
    const id = await ask(test, 'ada');
    const guess = () => api.grant(test.service, { id, proof: { method: 'word', ...wrong } });
    for (let turn = 0; turn < 4; turn += 1) await guess();
    test.clock.advance(299.9);
    expect(await test.queued([guess], 'the methods')).toMatchObject([
      { status: 'fulfilled', value: { granted: false, request: { state: 'expired' } } },
    ]);
    expect(await rowsOf(test)).toEqual([{ ...asBefore, attempts_left: 0 }]);
  });

  it('a confirmation ends: it is not given', async () => {
    await using test = await openLateCore();
    const api = test.core.confirmations();
    const factorId = await addFactor(test, { method: 'card' });
    const { id } = await api.request(test.service, { subjectId: 'ada', factorId });
    test.clock.advance(599.9);
    const confirm = () => api.confirm(test.service, { id, data: right });
    expect(await test.queued([confirm], 'the methods')).toMatchObject([expired]);
    await nothingIsProven(test);
  });

  it('a confirmation ends: it is not used', async () => {
    await using test = await openLateCore();
    const api = test.core.confirmations();
    const factorId = await addFactor(test, { method: 'card' });
    const { id } = await api.request(test.service, { subjectId: 'ada', factorId });
    await api.confirm(test.service, { id, data: right });
    test.clock.advance(599.9);
    const use = () => api.use(test.service, { id, subjectId: 'ada', factorId });
    expect(await test.queued([use])).toMatchObject([{ status: 'fulfilled', value: { used: false } }]);
  });

  it('a token expires: it is not narrowed', async () => {
    await using test = await openLateCore();
    const { context, expiresAt } = await issueAndPresent(test);
    test.clock.set(new Date(expiresAt.getTime() - 100));
    const narrow = () => test.core.scopedToken.issue(context, { subjectId: 'ada', delegateId: 'bookkeeper' });
    expect(await test.queued([narrow])).toMatchObject([refusedAs('unauthenticated')]);
  });
});

it('a grant’s window passes while the host’s own client is busy: it is not used', async () => {
  await using test = await openLateCore();
  const consume = await granted(test, 's1');
  const tx = await test.database.sql.connect();
  await tx.query('BEGIN');
  const api = test.core.authorizationRequest;
  const other = api.consume(test.service, { ...consume, data: 'other' }, { tx });
  await expect(other).rejects.toMatchObject(refusedAs('data_mismatch').reason);
  test.clock.advance(59.9);
  const busy = tx.query('SELECT pg_sleep(0.2)');
  const late = Promise.allSettled([api.consume(test.service, consume, { tx })]);
  await nextTurn();
  test.clock.advance(0.2);
  await busy;
  expect(await late).toMatchObject([refusedAs('execution_window_passed')]);
  await tx.query('ROLLBACK');
  tx.release();
});
