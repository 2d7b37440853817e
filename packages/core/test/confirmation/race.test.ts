import { HOTP, Secret, TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineMethod } from '../../src/method/define.ts';
import { totp } from '../../src/method/methods/totp.ts';
import { findViolations, openTestCore, type TestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';
import { adaMail, addFactor, codeOf, requestByMail, wrongCode } from './fixtures.ts';

async function settled<Result>(runs: Promise<Result>[]) {
  const all = await Promise.allSettled(runs);
  return {
    answers: all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    refusals: all.flatMap((one) =>
      one.status === 'rejected' ? [(one.reason as { reason: string }).reason] : [],
    ),
  };
}

const times = <Result>(count: number, run: (index: number) => Promise<Result>) =>
  Array.from({ length: count }, (_, index) => run(index));

describe('200 at the same time', () => {
  it('wrong guesses are judged five times at most, and the record says five', async () => {
    let judged = 0;
    const counting = defineMethod({
      key: 'counting',
      title: 'Counting',
      binding: 'none',
      needsChallenge: false,
      proof: z.strictObject({ guess: z.number() }),
      reach: () => ({ recipient: null }),
      issue: () => ({}),
      verify() {
        judged += 1;
        return { valid: false };
      },
    });
    await using test = await openTestCore({ methods: [counting] });
    const api = test.core.confirmations();
    const { id } = await api.request(test.service, { methodId: 'counting', subjectId: 'ada' });
    const { answers, refusals } = await settled(
      times(200, (guess) => api.confirm(test.subject('ada'), { id, data: { guess } })),
    );
    expect(judged).toBe(5);
    expect(answers).toHaveLength(5);
    expect(new Set(refusals)).toEqual(
      new Set(['attempts_exhausted', 'factor_locked'].filter((r) => refusals.includes(r))),
    );
    expect(await api.check(test.service, { id })).toMatchObject({
      available: false,
      confirmation: { attemptsLeft: 0 },
    });
    const { items } = await test.events(test.service, { types: ['confirmation.failed'] });
    expect(items.map(({ sequence }) => sequence)).toEqual([2, 3, 4, 5, 6]);
    expect(await findViolations(test.database.sql)).toEqual([]);
  });

  it('of right answers one confirms, and none of the others is held against the person', async () => {
    await using test = await openTestCore({ limits: { consecutiveWrongFree: 1000 } });
    const api = test.core.confirmations();
    const { id } = await requestByMail(test);
    const data = codeOf(test);
    const { answers, refusals } = await settled(times(200, () => api.confirm(test.service, { id, data })));
    expect(answers.map(({ status }) => status)).toEqual(['confirmed']);
    expect(
      refusals.filter((reason) => !['already_confirmed', 'attempts_exhausted'].includes(reason)),
    ).toEqual([]);
    const { rows } = await test.database.sql.query(
      `SELECT charged_at, streaks, (SELECT attempts_open FROM countersign.confirmation) AS open FROM countersign.subject_security`,
    );
    expect(rows).toEqual([{ charged_at: [], streaks: {}, open: 0 }]);
  });

  it('of right answers with keys of their own one confirms, and its repetition is answered the same', async () => {
    await using test = await openTestCore({ limits: { consecutiveWrongFree: 1000 } });
    const api = test.core.confirmations();
    const { id } = await requestByMail(test);
    const data = codeOf(test);
    const confirm = (index: number) =>
      api.confirm(test.service, { id, data, idempotencyKey: `key ${index}` });
    const { answers, refusals } = await settled(times(60, confirm));
    expect(answers).toHaveLength(1);
    expect(
      refusals.filter((reason) => !['already_confirmed', 'attempts_exhausted'].includes(reason)),
    ).toEqual([]);
    const again = await settled(times(60, confirm));
    expect(again.answers).toEqual(answers);
    const { rows } = await test.database.sql.query(
      `SELECT charged_at, streaks, (SELECT attempts_open FROM countersign.confirmation) AS open FROM countersign.subject_security`,
    );
    expect(rows).toEqual([{ charged_at: [], streaks: {}, open: 0 }]);
  });

  it('uses: one wins, and one event says so', async () => {
    await using test = await openTestCore();
    const api = test.core.confirmations();
    const { id } = await requestByMail(test);
    await api.confirm(test.service, { id, data: codeOf(test) });
    const { answers } = await settled(
      times(200, () =>
        api.use(test.service, { id, purpose: 'change-email', subjectId: 'ada', data: adaMail }),
      ),
    );
    expect(answers).toHaveLength(200);
    expect(answers.filter(({ used }) => used)).toHaveLength(1);
    const { items } = await test.events(test.service, { types: ['confirmation.used'] });
    expect(items).toHaveLength(1);
    expect(await findViolations(test.database.sql)).toEqual([]);
  });

  it('proofs with one time step confirm one of many confirmations', async () => {
    const limits = { wrongProofsPerDayMax: 1000, consecutiveWrongFree: 1000, consecutiveWrongMax: 1000 };
    await using test = await openTestCore({ methods: [totp()], limits });
    const api = test.core.confirmations();
    const secret = new Secret({ size: 20 }).base32;
    const factorId = await addFactor(test, { method: 'totp', config: { secret, lastStep: null } });
    const code = codeAt(test, secret);
    const asked = await Promise.all(
      times(100, () => api.request(test.service, { factorId, subjectId: 'ada' })),
    );
    const { answers, refusals } = await settled(
      asked.flatMap(({ id }) => times(2, () => api.confirm(test.service, { id, data: { code } }))),
    );
    expect(answers.filter(({ status }) => status === 'confirmed')).toHaveLength(1);
    expect(refusals.filter((reason) => reason !== 'already_confirmed')).toEqual([]);
    const { rows } = await test.database.sql.query(
      'SELECT count(*)::int AS marks FROM countersign.factor_mark',
    );
    expect(rows).toEqual([{ marks: 1 }]);
    expect(await findViolations(test.database.sql, { limits })).toEqual([]);
  });
});

function codeAt(test: TestCore, secret: string): string {
  const counter = TOTP.counter({ period: 30, timestamp: test.clock.now().getTime() });
  return HOTP.generate({ secret: Secret.fromBase32(secret), counter, digits: 6, algorithm: 'SHA1' });
}

describe('the budget', () => {
  it('of a day is one, over every confirmation: a new one refills nothing (bug 44)', async () => {
    await using test = await openTestCore({ limits: { consecutiveWrongFree: 1000 } });
    const api = test.core.confirmations();
    let judged = 0;
    for (let turn = 0; turn < 5; turn += 1) {
      const { id } = await requestByMail(test);
      const { answers } = await settled(
        times(6, () => api.confirm(test.service, { id, data: wrongCode(test) })),
      );
      judged += answers.length;
    }
    expect(judged).toBe(20);
    const { id } = await requestByMail(test);
    await expect(api.confirm(test.service, { id, data: codeOf(test) })).rejects.toMatchObject(
      refusal('subject_locked'),
    );
    const { items } = await test.events(test.service, { types: ['subject.locked'] });
    expect(items).toMatchObject([{ subjectId: 'ada' }]);
    test.clock.advance(24 * 3600);
    const next = await requestByMail(test);
    expect(await api.confirm(test.service, { id: next.id, data: codeOf(test) })).toMatchObject({
      status: 'confirmed',
    });
  });

  it('without a subject is of whoever reads that mailbox, and of nobody else', async () => {
    const limits = { consecutiveWrongFree: 1000 };
    await using test = await openTestCore({ limits });
    const api = test.core.confirmations();
    const asked = { subjectId: undefined };
    for (let turn = 0; turn < 4; turn += 1) {
      const { id } = await requestByMail(test, asked);
      await settled(times(5, () => api.confirm(test.service, { id, data: wrongCode(test) })));
    }
    const again = await requestByMail(test, asked);
    const refused = api.confirm(test.service, { id: again.id, data: codeOf(test) });
    await expect(refused).rejects.toMatchObject(refusal('subject_locked'));
    const bob = await requestByMail(test, { ...asked, data: { ...adaMail, address: 'bob@example.org' } });
    const data = codeOf(test, 'bob@example.org');
    expect(await api.confirm(test.service, { id: bob.id, data })).toMatchObject({ status: 'confirmed' });
    const { rows } = await test.database.sql.query(
      'SELECT length(subject_id) AS length FROM countersign.subject_security ORDER BY subject_id',
    );
    expect(rows).toEqual([{ length: 201 }, { length: 201 }]);
    expect((await test.events(test.service, { types: ['subject.locked'] })).items).toEqual([]);
    expect(await findViolations(test.database.sql, { limits, now: test.clock.now() })).toEqual([]);
  });

  it('of prompts holds for confirmations too', async () => {
    const bell = defineMethod({
      key: 'bell',
      title: 'Bell',
      binding: 'none',
      prompts: true,
      proof: z.strictObject({ code: z.string() }),
      factor: z.strictObject({}),
      issue: () => ({ secret: 'ding' }),
      verify: ({ matches, proof }) => ({ valid: matches(proof.code) }),
    });
    await using test = await openTestCore({ methods: [bell] });
    const api = test.core.confirmations();
    const factorId = await addFactor(test, { method: 'bell' });
    const ring = () => api.request(test.subject('ada'), { factorId });
    const { id } = await ring();
    await expect(ring()).rejects.toMatchObject({ reason: 'rate_limited' });
    await api.confirm(test.subject('ada'), { id, data: { code: 'ding' } });
    expect(await ring()).toMatchObject({ status: 'in_process' });
  });
});
