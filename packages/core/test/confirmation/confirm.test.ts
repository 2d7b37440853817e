import { describe, expect, it } from 'vitest';
import { recoveryCodes } from '../../src/method/methods/recovery-code.ts';
import { dummy } from '../../src/method/methods/dummy.ts';
import { otp } from '../../src/method/methods/otp.ts';
import { createOutbox, openTestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';
import {
  addFactor,
  codeOf,
  removeFactors,
  requestByMail,
  rightWord,
  switchedOff,
  word,
  wrongCode,
  wrongWord,
} from './fixtures.ts';

describe('confirm', () => {
  it('is answered by value: wrong costs an attempt, right confirms, and the record tells it all', async () => {
    await using test = await openTestCore();
    const api = test.core.confirmations();
    const asked = await requestByMail(test);
    expect(asked).toMatchObject({
      status: 'in_process',
      isAvailable: false,
      purpose: 'change-email',
      subjectId: 'ada',
      factorId: null,
      attemptsLeft: 5,
      challenge: { method: 'otp', sentTo: 'a•••@example.org', resendAfter: null },
    });
    const { id } = asked;
    const wrong = await api.confirm(test.service, { id, data: wrongCode(test) });
    expect(wrong).toMatchObject({ id, status: 'in_process', attemptsLeft: 4, isAvailable: false });
    const right = await api.confirm(test.service, { id, data: codeOf(test) });
    expect(right).toMatchObject({ status: 'confirmed', isAvailable: true, attemptsLeft: 3, challenge: null });
    expect(right.confirmedAt).toEqual(test.clock.now());
    const { items } = await test.events(test.service, {});
    expect(items.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['confirmation.requested', 1],
      ['confirmation.failed', 2],
      ['confirmation.confirmed', 3],
    ]);
    expect(items).toMatchObject([
      {
        about: { kind: 'confirmation', id },
        subjectId: 'ada',
        data: { method: 'otp', purpose: 'change-email' },
      },
      { data: { method: 'otp', attemptsLeft: 4 } },
      { data: { method: 'otp' } },
    ]);
    const { items: own } = await test.events(test.subject('ada', 'any'), {});
    expect(own.map(({ type }) => type)).toEqual(items.map(({ type }) => type));
    expect((await test.events(test.subject('bob'), {})).items).toEqual([]);
  });

  it('gives a right answer its charge back, and a wrong one not', async () => {
    await using test = await openTestCore();
    const { id } = await requestByMail(test);
    await test.core.confirmations().confirm(test.service, { id, data: wrongCode(test) });
    await test.core.confirmations().confirm(test.service, { id, data: codeOf(test) });
    const { rows } = await test.database.sql.query(
      `SELECT cardinality(charged_at) AS charges, streaks FROM countersign.subject_security WHERE subject_id = 'ada'`,
    );
    expect(rows).toEqual([{ charges: 1, streaks: {} }]);
  });

  it('of the wrong shape costs nothing', async () => {
    await using test = await openTestCore();
    const { id } = await requestByMail(test);
    const { code } = codeOf(test);
    for (const data of [
      {},
      { code: '' },
      { code: Number(code) },
      { code: '１２３４５６' },
      { code, more: 1 },
      { code: null },
    ]) {
      const confirmed = test.core.confirmations().confirm(test.service, { id, data });
      await expect(confirmed).rejects.toMatchObject(refusal('invalid_input'));
    }
    expect(
      await test.core.confirmations().confirm(test.service, { id, data: { code, method: 'totp' } }),
    ).toMatchObject({
      status: 'confirmed',
      attemptsLeft: 4,
    });
  });

  it.each([
    ['confirmed', 'already_confirmed'],
    ['used', 'unavailable'],
    ['expired', 'expired'],
    ['confirmed and expired', 'expired'],
    ['without attempts', 'attempts_exhausted'],
    ['of another subject', 'not_found'],
    ['without a subject', 'not_found'],
    ['unknown', 'not_found'],
    ['no id', 'not_found'],
  ] as const)('of one that is %s refuses with %s, and compares nothing', async (what, reason) => {
    await using test = await openTestCore();
    const api = test.core.confirmations();
    let { id }: { id: string } = await requestByMail(
      test,
      what === 'without a subject' ? { subjectId: undefined } : {},
    );
    const data = codeOf(test);
    if (what.startsWith('confirmed') || what === 'used') await api.confirm(test.service, { id, data });
    if (what === 'used')
      expect(
        await api.use(test.service, {
          id,
          purpose: 'change-email',
          subjectId: 'ada',
          data: { channel: 'email', address: 'ada@example.org' },
        }),
      ).toMatchObject({ used: true });
    if (what.endsWith('expired')) test.clock.advance(600);
    if (what === 'without attempts')
      for (let turn = 0; turn < 5; turn += 1) await api.confirm(test.service, { id, data: wrongCode(test) });
    if (what === 'unknown') id = 'conf_00000000000000000000000000';
    if (what === 'no id') id = 'conf_';
    const actor = what === 'of another subject' ? test.subject('bob') : test.subject('ada');
    const { rows: before } = await test.database.sql.query(
      'SELECT attempts_left, sequence FROM countersign.confirmation',
    );
    await expect(api.confirm(actor, { id, data })).rejects.toMatchObject(refusal(reason));
    const { rows: after } = await test.database.sql.query(
      'SELECT attempts_left, sequence FROM countersign.confirmation',
    );
    expect(after).toEqual(before);
  });

  it('is for the service and the subject itself, and the context for the service alone', async () => {
    await using test = await openTestCore();
    const api = test.core.confirmations();
    const { id } = await requestByMail(test);
    const data = codeOf(test);
    const device = test.core.context({ kind: 'device', subjectId: 'ada', factorId: 'fact_0' });
    const operator = test.core.context({ kind: 'operator' });
    for (const actor of [device, operator])
      await expect(api.confirm(actor, { id, data })).rejects.toMatchObject(refusal('forbidden'));
    const withContext = api.confirm(test.subject('ada'), { id, data, context: {} });
    await expect(withContext).rejects.toMatchObject(refusal('forbidden'));
    expect(await api.confirm(test.subject('ada'), { id, data })).toMatchObject({ status: 'confirmed' });
  });

  it('is unavailable once the method is switched off or the factor is no longer in force', async () => {
    await using test = await openTestCore({ methods: [word()] });
    const factorId = await addFactor(test, { method: 'word', config: { favourite: 'x' } });
    const api = test.core.confirmations();
    const { id } = await api.request(test.service, { factorId, subjectId: 'ada' });
    const otherwise = { ...test.service, methodConfigurations: switchedOff('word') };
    await expect(api.confirm(otherwise, { id, data: rightWord })).rejects.toMatchObject(
      refusal('unavailable'),
    );
    await removeFactors(test);
    await expect(api.confirm(test.service, { id, data: rightWord })).rejects.toMatchObject(
      refusal('unavailable'),
    );
    const { rows } = await test.database.sql.query('SELECT attempts_left FROM countersign.confirmation');
    expect(rows).toEqual([{ attempts_left: 5 }]);
  });

  it('ends a challenge by one wrong answer where the method says so', async () => {
    await using test = await openTestCore({ methods: [word([], { endsWhenWrong: true })] });
    const api = test.core.confirmations();
    const { id } = await api.request(test.service, { methodId: 'word', subjectId: 'ada' });
    expect(await api.confirm(test.service, { id, data: wrongWord })).toMatchObject({
      attemptsLeft: 4,
      challenge: null,
    });
    expect(await api.confirm(test.service, { id, data: rightWord })).toMatchObject({ status: 'in_process' });
  });

  it('takes no code of another confirmation, nor of a request', async () => {
    await using test = await openTestCore();
    const api = test.core.confirmations();
    const first = await requestByMail(test);
    const code = codeOf(test);
    const second = await requestByMail(test);
    expect(await api.confirm(test.service, { id: second.id, data: code })).toMatchObject({ attemptsLeft: 4 });
    expect(await api.confirm(test.service, { id: first.id, data: code })).toMatchObject({
      status: 'confirmed',
    });
  });

  it('answers the same to the same idempotency key, whatever has happened since, and judges once', async () => {
    await using test = await openTestCore();
    const api = test.core.confirmations();
    const { id } = await requestByMail(test);
    const wrong = { id, data: wrongCode(test), idempotencyKey: 'wrong' };
    const right = { id, data: codeOf(test), idempotencyKey: 'right' };
    const failed = await api.confirm(test.service, wrong);
    const confirmed = await api.confirm(test.service, right);
    expect(confirmed).toMatchObject({ status: 'confirmed', attemptsLeft: 3 });
    expect(await api.confirm(test.service, wrong)).toEqual(failed);
    expect(await api.confirm(test.service, right)).toEqual(confirmed);
    const other = api.confirm(test.service, { ...right, data: wrongCode(test) });
    await expect(other).rejects.toMatchObject(refusal('idempotency_conflict'));
  });
});

describe('check', () => {
  it('says of one that is unknown, foreign or used only that it is not available', async () => {
    await using test = await openTestCore();
    const api = test.core.confirmations();
    const nothing = { available: false };
    const { id } = await requestByMail(test);
    expect(await api.check(test.service, { id: 'conf_0' })).toEqual(nothing);
    expect(await api.check(test.service, { id: 'conf_00000000000000000000000000' })).toEqual(nothing);
    expect(await api.check(test.subject('bob'), { id })).toEqual(nothing);
    expect(await api.check(test.subject('ada'), { id })).toMatchObject({
      available: false,
      confirmation: { id, status: 'in_process' },
    });
    await api.confirm(test.service, { id, data: codeOf(test) });
    expect(await api.check(test.subject('ada'), { id })).toMatchObject({
      available: true,
      confirmation: { id, isAvailable: true },
    });
    await api.use(test.service, {
      id,
      purpose: 'change-email',
      subjectId: 'ada',
      data: { address: 'ada@example.org', channel: 'email' },
    });
    expect(await api.check(test.service, { id })).toEqual(nothing);
  });

  it('says no once it has expired, its factor is gone or its method is switched off', async () => {
    await using test = await openTestCore({ methods: [word()] });
    const factorId = await addFactor(test, { method: 'word', config: { favourite: 'x' } });
    const api = test.core.confirmations();
    const { id, expiresAt } = await api.request(test.service, { factorId, subjectId: 'ada' });
    await api.confirm(test.service, { id, data: rightWord });
    const available = async (context = test.service) => (await api.check(context, { id })).available;
    expect(await available()).toBe(true);
    expect(await available({ ...test.service, methodConfigurations: switchedOff('word') })).toBe(false);
    const start = test.clock.now();
    test.clock.set(expiresAt);
    expect(await available()).toBe(false);
    test.clock.set(start);
    expect(await available()).toBe(true);
    await removeFactors(test);
    expect(await available()).toBe(false);
    expect(await api.use(test.service, { id, factorId, subjectId: 'ada' })).toEqual({ used: false });
  });
});

describe('a confirmation by a factor', () => {
  it('sends to where the factor says, and takes a recovery code once', async () => {
    const outbox = createOutbox();
    await using test = await openTestCore({
      methods: [otp({ send: outbox.send }), recoveryCodes(), dummy()],
    });
    const api = test.core.confirmations();
    const factorId = await addFactor(test, {
      method: 'otp',
      config: { channel: 'sms', address: '+41791234567' },
    });
    const asked = await api.request(test.subject('ada'), {
      factorId,
      data: { channel: 'email', address: 'eve@example.org' },
    });
    expect(asked.challenge).toMatchObject({ factorId, sentTo: expect.stringMatching(/67$/) as string });
    expect(outbox.messages.map(({ to }) => to)).toEqual(['+41791234567']);
    const confirmed = await api.confirm(test.subject('ada'), {
      id: asked.id,
      data: { code: outbox.codeFor('+41791234567') },
    });
    expect(confirmed).toMatchObject({ status: 'confirmed', factorId });

    const enrolled = await recoveryCodes().enrolment?.begin({
      given: {},
      subjectId: 'ada',
      factorId: 'fact_0',
      current: null,
      factors: [],
      randomness: test.service.randomness,
      now: test.clock.now(),
      settings: {},
      issuer: 'Test',
      context: null,
    });
    const paper = await addFactor(test, { method: 'recovery-code', config: enrolled?.config });
    const data = { code: firstCode(enrolled?.setup) };
    const [first, second] = [
      await api.request(test.service, { factorId: paper, subjectId: 'ada' }),
      await api.request(test.service, { factorId: paper, subjectId: 'ada' }),
    ];
    expect(first).toMatchObject({ status: 'new', challenge: null });
    expect(await api.confirm(test.service, { id: first.id, data })).toMatchObject({ status: 'confirmed' });
    expect(await api.confirm(test.service, { id: second.id, data })).toMatchObject({
      status: 'in_process',
      attemptsLeft: 4,
    });
  });

  it('is only by that factor, not by another of the same subject', async () => {
    await using test = await openTestCore({ methods: [recoveryCodes()] });
    const api = test.core.confirmations();
    const begin = async () =>
      await recoveryCodes().enrolment?.begin({
        given: {},
        subjectId: 'ada',
        factorId: 'fact_0',
        current: null,
        factors: [],
        randomness: test.service.randomness,
        now: test.clock.now(),
        settings: {},
        issuer: 'Test',
        context: null,
      });
    const [mine, other] = [await begin(), await begin()];
    const factorId = await addFactor(test, { method: 'recovery-code', config: mine?.config });
    await addFactor(test, { method: 'recovery-code', config: other?.config });
    const { id } = await api.request(test.service, { factorId, subjectId: 'ada' });
    expect(await api.confirm(test.service, { id, data: { code: firstCode(other?.setup) } })).toMatchObject({
      attemptsLeft: 4,
    });
  });
});

function firstCode(setup: unknown): string {
  const { codes = [] } = (setup ?? {}) as { codes?: string[] };
  return codes[0] ?? '';
}
