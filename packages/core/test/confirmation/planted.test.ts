import { afterEach, describe, expect, it } from 'vitest';
import { reserveAttempt } from '../../src/confirmation/statement/reserve.ts';
import { useConfirmation } from '../../src/confirmation/statement/use.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { adaMail, addFactor, codeOf, removeFactors, requestByMail, word, wrongCode } from './fixtures.ts';

/** Each bug that a condition of a statement keeps out, let in by taking the condition away: the attack then succeeds. */
const restored: (() => void)[] = [];
afterEach(() =>
  restored
    .splice(0)
    .toReversed()
    .forEach((restore) => restore()),
);

function plant(
  statement: { readonly name: string; readonly text: string },
  condition: string,
  naive: string,
): void {
  const { name, text } = statement;
  const planted = text.replaceAll(condition, naive);
  if (planted === text) throw new Error(`${name} has no "${condition}"`);
  Object.assign(statement, { name: `${name}_planted`, text: planted });
  restored.push(() => Object.assign(statement, { name, text }));
}

async function confirmed(test: TestCore) {
  const { id } = await requestByMail(test);
  await test.core.confirmations().confirm(test.service, { id, data: codeOf(test) });
  return { id, purpose: 'change-email', subjectId: 'ada', data: adaMail };
}

describe('a planted bug lets the attack succeed', () => {
  it('48: what is left out matches anything', async () => {
    await using test = await openTestCore();
    const right = await confirmed(test);
    const [compared = ''] =
      /r\.value_hash IS NOT DISTINCT FROM \$\d+::bytea/.exec(useConfirmation.text) ?? [];
    const parameter = compared.split(' ').at(-1) ?? '';
    plant(useConfirmation, compared, `(${parameter} IS NULL OR r.value_hash = ${parameter})`);
    const asked = { ...right, data: undefined };
    expect(await test.core.confirmations().use(test.service, asked)).toMatchObject({ used: true });
  });

  it('49: another subject’s is used', async () => {
    await using test = await openTestCore();
    const right = await confirmed(test);
    const [compared = ''] = /r\.subject_id IS NOT DISTINCT FROM \$\d+::text/.exec(useConfirmation.text) ?? [];
    const parameter = compared.split(' ').at(-1) ?? '';
    plant(useConfirmation, compared, `${parameter} IS NOT NULL`);
    const asked = { ...right, subjectId: 'bob' };
    expect(await test.core.confirmations().use(test.service, asked)).toMatchObject({ used: true });
  });

  it('I13: used while its factor is being revoked', async () => {
    await using test = await openTestCore({ methods: [word([], { atOnce: true })] });
    const api = test.core.confirmations();
    const factorId = await addFactor(test, { method: 'word', config: { favourite: 'x' } });
    const { id } = await api.request(test.service, { factorId, subjectId: 'ada' });
    plant(useConfirmation, 'FOR SHARE OF f', '');
    const revoking = await test.database.sql.connect();
    await revoking.query('BEGIN');
    await revoking.query('UPDATE countersign.factor SET removed_at = now(), config = NULL');
    const used = await api.use(test.service, { id, factorId, subjectId: 'ada' });
    await revoking.query('COMMIT');
    revoking.release();
    expect(used).toMatchObject({ used: true });
  });

  it('8: guesses are judged without end', async () => {
    await using test = await openTestCore({ limits: { consecutiveWrongFree: 1000 } });
    plant(reserveAttempt, 'AND r.attempts_left > 0', '');
    plant(reserveAttempt, 'r.attempts_left - 1', 'r.attempts_left');
    plant(reserveAttempt, 'r.attempts_open + 1', 'r.attempts_open');
    const { id } = await requestByMail(test);
    const api = test.core.confirmations();
    for (let guess = 0; guess < 7; guess += 1)
      expect(await api.confirm(test.service, { id, data: wrongCode(test) })).toMatchObject({
        attemptsLeft: 5,
      });
  });

  it('and 24: one that the code uses twice is stopped by the database', async () => {
    await using test = await openTestCore();
    const right = await confirmed(test);
    plant(useConfirmation, `r.state = 'confirmed' AND`, '');
    const api = test.core.confirmations();
    expect(await api.use(test.service, right)).toMatchObject({ used: true });
    await expect(api.use(test.service, right)).rejects.toThrow('used once');
  });

  it('and 25: one that the code uses after its expiry is stopped by the database', async () => {
    await using test = await openTestCore();
    const right = await confirmed(test);
    const [compared = '', sentAt = ''] =
      /r\.expires_at > (\$\d+::timestamptz) .*?interval '0'\)/.exec(useConfirmation.text) ?? [];
    plant(useConfirmation, compared, `${sentAt} IS NOT NULL`);
    test.clock.advance(600);
    await expect(test.core.confirmations().use(test.service, right)).rejects.toThrow('in its time');
  });

  it('removed factors are stopped twice: by the reservation, and by the commit', async () => {
    await using test = await openTestCore({ methods: [word()] });
    const api = test.core.confirmations();
    const factorId = await addFactor(test, { method: 'word', config: { favourite: 'x' } });
    const { id } = await api.request(test.service, { factorId, subjectId: 'ada' });
    const [condition = ''] = /AND \(r\.factor_id IS NULL OR EXISTS \(.*?\)\)/.exec(reserveAttempt.text) ?? [];
    plant(reserveAttempt, condition, '');
    await removeFactors(test);
    const late = api.confirm(test.service, { id, data: { word: 'open sesame' } });
    await expect(late).rejects.toMatchObject({ reason: 'unavailable' });
    const { rows } = await test.database.sql.query('SELECT state FROM countersign.confirmation');
    expect(rows).toEqual([{ state: 'open' }]);
  });
});
