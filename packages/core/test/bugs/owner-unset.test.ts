import { describe, expect, it } from 'vitest';
import { readConfirmation } from '../../src/confirmation/statement/read.ts';
import { reserveAttempt } from '../../src/confirmation/statement/reserve.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { adaMail, codeOf, requestByMail } from '../confirmation/fixtures.ts';
import { openWithFactors } from '../by-factor/enrolled.ts';
import { refusal } from '../fixtures.ts';
import { withoutCondition } from '../planted/without-condition.ts';

/** Of nobody: a mailbox that is to be confirmed before there is an account. */
const ofNobody = (test: TestCore) => requestByMail(test, { subjectId: undefined });

describe('a confirmation without an owner (bug 29)', () => {
  it('is the service’s alone: no subject confirms it, sees it or spends its attempts', async () => {
    await using test = await openTestCore();
    const api = test.core.confirmations();
    const { id } = await ofNobody(test);
    for (const subjectId of ['ada', 'null', 'undefined'])
      await expect(api.confirm(test.subject(subjectId), { id, data: codeOf(test) })).rejects.toMatchObject(
        refusal('not_found'),
      );
    expect(await api.check(test.subject('ada'), { id })).toEqual({ available: false });
    expect(await api.confirm(test.service, { id, data: codeOf(test) })).toMatchObject({
      status: 'confirmed',
      attemptsLeft: 4,
    });
    const use = { id, purpose: 'change-email', data: adaMail };
    expect(await api.use(test.service, { ...use, subjectId: 'ada' })).toEqual({ used: false });
    expect(await api.use(test.service, use)).toMatchObject({ used: true });
  });

  it('is anybody’s in the naive version, which compares the owner when there is one', async () => {
    await using test = await openTestCore();
    const { id } = await ofNobody(test);
    const confirmed = await withoutCondition(
      [readConfirmation, reserveAttempt],
      /r\.subject_id = \$\d+::text\)/,
      (found) => `coalesce(${found.slice(0, -1)}, true))`,
      () => test.core.confirmations().confirm(test.subject('mallory'), { id, data: codeOf(test) }),
    );
    expect(confirmed).toMatchObject({ status: 'confirmed', subjectId: null });
  });
});

it('a factor has an owner: none is made without one, and no proof of it counts for anybody else', async () => {
  await using test = await openWithFactors();
  const enrolled = { methodId: 'otp', config: { channel: 'email', address: 'ada@example.org' } };
  for (const subjectId of [undefined, ''])
    await expect(test.core.factors.create(test.service, { ...enrolled, subjectId })).rejects.toMatchObject({
      reason: 'invalid_input',
    });
  await expect(
    test.database.sql
      .query(`INSERT INTO countersign.factor (id, method, method_id, title, status, is_active, is_default, binding, sequence, created_at)
      VALUES (gen_random_uuid(), 'otp', gen_random_uuid(), '', 'new', true, false, 'none', 1, now())`),
  ).rejects.toThrow('"subject_id"');
  await expect(
    test.core.confirmations().request(test.service, { factorId: 'fact_00000000000000000000000000' }),
  ).rejects.toMatchObject({ reason: 'invalid_input' });
});
