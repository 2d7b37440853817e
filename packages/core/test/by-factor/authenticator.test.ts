import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineOperation } from '../../src/index.ts';
import { defaultLimits } from '../../src/limits.ts';
import { findViolations } from '../../testing/index.ts';
import { createTransfer, refusal, wrongProof } from '../fixtures.ts';
import { ask, enrolTotp, openWithFactors } from './enrolled.ts';

describe('a code of an authenticator app', () => {
  it('grants without any challenge having been asked for, and says that it binds nothing', async () => {
    await using test = await openWithFactors();
    const app = await enrolTotp(test);
    const { id } = await ask(test, { methods: ['totp'] });
    const granted = await test.core.authorizationRequest.grant(test.service, { id, proof: app.proof() });
    expect(granted).toMatchObject({ granted: true, request: { state: 'granted', binding: 'none' } });
    expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  });

  it('is spent for its time step and every step before, over all requests of the subject (bugs 5, 6)', async () => {
    await using test = await openWithFactors();
    const app = await enrolTotp(test);
    const grant = (id: string, proof: { method: string; code: string }) =>
      test.core.authorizationRequest.grant(test.service, { id, proof });
    expect(await grant((await ask(test)).id, app.proof())).toMatchObject({ granted: true });
    const second = await ask(test);
    expect(await grant(second.id, app.proof())).toMatchObject({ granted: false });
    expect(await grant(second.id, app.proof(-1))).toMatchObject({ granted: false });
    test.clock.advance(30);
    expect(await grant(second.id, app.proof())).toMatchObject({ granted: true });
  });

  it('that was checked may be presented once more to the same request by who checked it, and to no other', async () => {
    await using test = await openWithFactors();
    const app = await enrolTotp(test);
    const ada = test.subject('ada', 's1');
    const api = test.core.authorizationRequest;
    const [first, second] = [await ask(test), await ask(test)];
    const proof = app.proof();
    expect(await api.check(ada, { id: first.id, proof })).toEqual({ valid: true, attemptsLeft: 5 });
    expect(await api.grant(ada, { id: second.id, proof })).toMatchObject({ granted: false });
    expect(await api.grant(test.service, { id: first.id, proof })).toMatchObject({ granted: false });
    expect(await api.check(ada, { id: first.id, proof })).toMatchObject({ valid: false });
    test.clock.advance(30);
    const fresh = app.proof();
    expect(await api.check(ada, { id: second.id, proof: fresh })).toMatchObject({ valid: true });
    await expect(api.grant(ada, { id: second.id })).rejects.toMatchObject(refusal('proof_required'));
    expect(await api.grant(ada, { id: second.id, proof: fresh })).toMatchObject({ granted: true });
  });

  it('grants one of 200 requests when all of them are answered with it at the same time', async () => {
    await using test = await openWithFactors({
      limits: {
        waitingPerSubjectMax: 200,
        wrongProofsPerDayMax: 200,
        consecutiveWrongFree: 500,
        consecutiveWrongMax: 500,
      },
    });
    const app = await enrolTotp(test);
    const requests = await Promise.all(Array.from({ length: 200 }, () => ask(test)));
    const proof = app.proof();
    const answers = await Promise.all(
      requests.map(({ id }) => test.core.authorizationRequest.grant(test.service, { id, proof })),
    );
    expect(answers.filter(({ granted }) => granted)).toHaveLength(1);
    const { rows } = await test.database.sql.query('SELECT mark FROM countersign.factor_mark');
    expect(rows).toHaveLength(1);
  });
});

describe('a recovery code', () => {
  const recover = defineOperation({
    slug: 'recover',
    data: z.unknown(),
    title: 'Recover',
    methods: ['recovery-code'],
  });

  it('grants one of 200 requests when all of them are answered with it at the same time (bugs 2, 4)', async () => {
    await using test = await openWithFactors({
      operations: [recover],
      limits: {
        waitingPerSubjectMax: 300,
        wrongProofsPerDayMax: 300,
        consecutiveWrongFree: 500,
        consecutiveWrongMax: 500,
      },
    });
    const { setup } = await test.core.factors.create(test.service, {
      subjectId: 'ada',
      methodId: 'recovery-code',
    });
    const [code, other] = (setup as { codes: string[] }).codes;
    const asked = { slug: 'recover', title: undefined };
    const requests = await Promise.all(Array.from({ length: 200 }, () => ask(test, asked)));
    const answers = await Promise.all(
      requests.map(({ id }) =>
        test.core.authorizationRequest.grant(test.service, { id, proof: { method: 'recovery-code', code } }),
      ),
    );
    expect(answers.filter(({ granted }) => granted)).toHaveLength(1);
    // What was judged too late is still being computed, and another code waits behind it: then it is judged too late too.
    const next = async () => {
      const { id } = await ask(test, asked);
      const proof = { method: 'recovery-code', code: other };
      return await test.core.authorizationRequest.grant(test.service, { id, proof });
    };
    await expect
      .poll(next, { timeout: 40_000 })
      .toMatchObject({ granted: true, request: { binding: 'none' } });
  }, 90_000);
});

describe('wrong proofs by a factor', () => {
  it('are counted for that factor alone: a success of one leaves the streak of the other', async () => {
    await using test = await openWithFactors();
    const [app, other] = [await enrolTotp(test), await enrolTotp(test)];
    const request = await ask(test, { factorIds: [app.factorId] });
    const grant = (id: string, proof: { method: string; code: string }) =>
      test.core.authorizationRequest.grant(test.service, { id, proof });
    await grant(request.id, app.wrong());
    await grant((await ask(test, { factorIds: [other.factorId] })).id, other.proof());
    const { rows } = await test.database.sql.query<{ streaks: object }>(
      "SELECT streaks FROM countersign.subject_security WHERE subject_id = 'ada'",
    );
    expect(Object.values(rows[0]?.streaks ?? {})).toMatchObject([{ count: 1 }]);
  });

  it('lock the factor at the fiftieth in a row, which is told once, until an operator unlocks it', async () => {
    const limits = { consecutiveWrongMax: 3, consecutiveWrongFree: 500, waitingPerSubjectMax: 100 };
    await using test = await openWithFactors({ limits });
    const app = await enrolTotp(test);
    const { id } = await ask(test);
    const grant = (proof: { method: string; code: string }) =>
      test.core.authorizationRequest.grant(test.service, { id, proof });
    for (let guess = 0; guess < 3; guess += 1) await grant(app.wrong());
    await expect(grant(app.proof())).rejects.toMatchObject(refusal('factor_locked'));
    const locked = await test.events(test.service, { types: ['factor.locked'] });
    expect(locked.items).toMatchObject([
      { about: { kind: 'factor', id: app.factorId }, subjectId: 'ada', data: { method: 'totp' } },
    ]);
    const operator = test.core.context({ kind: 'operator' });
    await expect(
      test.core.operator.unlock(test.subject('ada', 's1'), { subjectId: 'ada' }),
    ).rejects.toMatchObject(refusal('forbidden'));
    expect(await test.core.operator.unlock(operator, { subjectId: 'ada', factorId: app.factorId })).toEqual({
      unlocked: true,
    });
    expect(await grant(app.proof())).toMatchObject({ granted: true });
    const unlocked = await test.events(test.service, { types: ['factor.unlocked'] });
    expect(unlocked.items).toHaveLength(1);
  });

  it('lock the subject at the cap of the day, over all its requests and factors; told once, with the end', async () => {
    await using test = await openWithFactors({
      limits: { consecutiveWrongFree: 500, waitingPerSubjectMax: 100 },
    });
    const apps = [await enrolTotp(test), await enrolTotp(test)];
    const start = test.clock.now().getTime();
    for (let guess = 0; guess < defaultLimits.wrongProofsPerDayMax; guess += 1) {
      const app = apps[guess % 2];
      const { id } = await ask(test, { factorIds: [app?.factorId ?? ''] });
      await test.core.authorizationRequest.grant(test.service, { id, proof: app?.wrong() ?? { method: '' } });
    }
    const { id } = await ask(test);
    const grant = () =>
      test.core.authorizationRequest.grant(test.service, { id, proof: apps[0]?.proof() ?? { method: '' } });
    await expect(grant()).rejects.toMatchObject(refusal('subject_locked'));
    const events = await test.events(test.service, { types: ['subject.locked'] });
    expect(events.items).toMatchObject([
      {
        about: { kind: 'subject', id: 'ada' },
        sequence: 1,
        data: { until: new Date(start + 24 * 3600 * 1000).toISOString() },
      },
    ]);
    expect(await test.core.operator.unlock(test.service, { subjectId: 'ada' })).toEqual({ unlocked: true });
    expect(await test.core.operator.unlock(test.service, { subjectId: 'ada' })).toEqual({ unlocked: false });
    expect(await grant()).toMatchObject({ granted: true });
  });

  it('by codes to no factor are forgotten by method, with those of single addresses', async () => {
    await using test = await openWithFactors();
    const { id } = await createTransfer(test, { methods: ['otp'] });
    await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test) });
    const alone = await test.core.confirmations().request(test.service, {
      methodId: 'otp',
      subjectId: 'ada',
      data: { channel: 'email', address: 'new@example.org' },
    });
    await test.core.confirmations().confirm(test.service, { id: alone.id, data: { code: '1234567890' } });
    const streaks = async () => {
      const { rows } = await test.database.sql.query<{ streaks: object }>(
        "SELECT streaks FROM countersign.subject_security WHERE subject_id = 'ada'",
      );
      return Object.keys(rows[0]?.streaks ?? {});
    };
    expect(await streaks()).toHaveLength(2);
    const unlock = () => test.core.operator.unlock(test.service, { subjectId: 'ada', method: 'otp' });
    expect(await unlock()).toEqual({ unlocked: true });
    expect(await streaks()).toEqual([]);
    expect(await unlock()).toEqual({ unlocked: false });
    const { items } = await test.events(test.service, { types: ['factor.unlocked'] });
    expect(items).toMatchObject([{ about: { kind: 'subject', id: 'ada' }, data: { method: 'otp' } }]);
  });
});
