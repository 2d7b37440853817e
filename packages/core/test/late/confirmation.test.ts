import { describe, expect, it } from 'vitest';
import { judgeEnrolment, useEnrolment } from '../../src/confirmation/enrolment.ts';
import { settleAfterRollback } from '../../src/idempotency/after-rollback.ts';
import { otp } from '../../src/method/methods/otp.ts';
import { addFactor, enrol } from '../confirmation/fixtures.ts';
import { openLateCore, refusedAs, right, wrong, type LateCore } from './overtaken.ts';

const expired = refusedAs('expired');

/** Ten minutes to give it, and to use it. */
async function request(test: LateCore) {
  const { id } = await test.core
    .confirmations()
    .request(test.service, { methodId: 'word', subjectId: 'ada' });
  return id;
}

async function requestByFactor(test: LateCore, subjectId: string) {
  const factorId = await addFactor(test, { method: 'card', subjectId });
  const { id } = await test.core.confirmations().request(test.service, { subjectId, factorId });
  return { id, subjectId, factorId };
}

async function statesOf(test: LateCore) {
  const { rows } = await test.database.sql.query<{ state: string }>(
    'SELECT state FROM countersign.confirmation ORDER BY id',
  );
  return rows.map(({ state }) => state);
}

async function unspentFactors(test: LateCore): Promise<number> {
  const { rows } = await test.database.sql.query(
    `SELECT FROM countersign.factor f WHERE f.last_used_at IS NULL
       AND NOT EXISTS (SELECT FROM countersign.factor_mark m WHERE m.factor_id = f.id)`,
  );
  return rows.length;
}

describe('a confirmation that expired while they waited for it, though who had it rolled back,', () => {
  it('is not used, and no guess at it is counted', async () => {
    await using test = await openLateCore();
    const api = test.core.confirmations();
    const [used, guessed] = [await request(test), await request(test)];
    await api.confirm(test.service, { id: used, data: right });
    test.clock.advance(599.9);
    const answers = await test.overtaken('confirmation', [
      () => api.use(test.service, { id: used, subjectId: 'ada' }),
      () => api.confirm(test.service, { id: guessed, data: wrong }),
    ]);
    expect(answers).toMatchObject([{ status: 'fulfilled', value: { used: false } }, expired]);
    expect(await statesOf(test)).toEqual(['confirmed', 'open']);
    const { confirmation } = await api.check(test.service, { id: guessed });
    expect(confirmation).toMatchObject({ status: 'expired', attemptsLeft: 5 });
  });

  it('is not given by a proof that was judged right, and its factor is not spent', async () => {
    await using test = await openLateCore();
    const api = test.core.confirmations();
    const byWord = await request(test);
    const { id: byFactor } = await requestByFactor(test, 'bob');
    // A message is answered within five minutes; only a method of the future could live as long as what it confirms.
    await test.database.sql.query(
      `UPDATE countersign.challenge SET expires_at = expires_at + interval '5 min'`,
    );
    test.clock.advance(599.9);
    const answers = await test.overtaken(
      'confirmation',
      [byWord, byFactor].map((id) => () => api.confirm(test.service, { id, data: right })),
      'the methods',
    );
    expect(answers).toMatchObject([expired, expired]);
    expect(await statesOf(test)).toEqual(['open', 'open']);
    expect(await unspentFactors(test)).toBe(1);
  });

  it('confirms no enrolment', async () => {
    await using test = await openLateCore({ methods: [otp({ send: () => Promise.resolve() })] });
    const { asked } = await enrol(test, null);
    test.clock.advance(599.9);
    const proven = await judgeEnrolment(test.service, asked, () => Promise.resolve('proven'));
    if (!proven.right) throw new Error('it was right');
    let changes = 0;
    const change = () => Promise.resolve(void (changes += 1));
    const answers = await test.overtaken('confirmation', [
      () =>
        test.service.database
          .transaction((db) => useEnrolment({ ...test.service, db }, proven, change))
          .catch(settleAfterRollback),
    ]);
    expect(answers).toMatchObject([expired]);
    expect(changes).toBe(0);
    expect(await statesOf(test)).toEqual(['open']);
  });
});

describe('a confirmation that expired while they waited for its factor', () => {
  it('is not used', async () => {
    await using test = await openLateCore();
    const api = test.core.confirmations();
    const given = await requestByFactor(test, 'ada');
    await api.confirm(test.service, { id: given.id, data: right });
    test.clock.advance(599.9);
    const answers = await test.overtaken('factor', [() => api.use(test.service, given)]);
    expect(answers).toMatchObject([{ status: 'fulfilled', value: { used: false } }]);
    expect(await statesOf(test)).toEqual(['confirmed']);
  });

  it('is not given, and the factor is not spent', async () => {
    await using test = await openLateCore();
    const { id } = await requestByFactor(test, 'ada');
    test.clock.advance(599.9);
    const confirm = () => test.core.confirmations().confirm(test.service, { id, data: right });
    expect(await test.overtaken('factor', [confirm], 'the methods')).toMatchObject([expired]);
    expect(await statesOf(test)).toEqual(['open']);
    expect(await unspentFactors(test)).toBe(1);
  });
});
