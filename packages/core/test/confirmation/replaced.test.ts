import { afterEach, describe, expect, it } from 'vitest';
import { useConfirmation } from '../../src/confirmation/statement/use.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { openFactorCore, vouchedOtp } from '../factor/people.ts';
import { addFactor, rightWord, word } from './fixtures.ts';

const restored: (() => void)[] = [];
afterEach(() => restored.splice(0).forEach((restore) => restore()));

/** What the statement of a replacement does to the count of them. */
async function replaced(test: TestCore): Promise<void> {
  await test.database.sql.query(
    'UPDATE countersign.factor SET renewals = renewals + 1, version = version + 1',
  );
}

/** Asked for, and given: by the word that was sent, or by asking alone. */
async function confirmedByWord(test: TestCore, atOnce: boolean) {
  const api = test.core.confirmations();
  const factorId = await addFactor(test, { method: 'word', config: { favourite: 'x' } });
  const { id } = await api.request(test.service, { factorId, subjectId: 'ada' });
  if (!atOnce) await api.confirm(test.service, { id, data: rightWord });
  expect(await api.check(test.service, { id })).toMatchObject({ available: true });
  return { id, factorId, subjectId: 'ada' };
}

describe('a confirmation', () => {
  it('that an address or seed gave serves nobody after it was replaced', async () => {
    await using test = await openFactorCore();
    const factor = await vouchedOtp(test);
    const { id } = await test.core
      .confirmations()
      .request(test.service, { subjectId: 'ada', factorId: factor.id });
    const code = test.outbox.codeFor('ada@example.org');
    await test.core.confirmations().confirm(test.service, { id, data: { code } });
    const { confirmation } = await test.core.factors.update(test.service, {
      id: factor.id,
      config: { channel: 'email', address: 'new@example.org' },
    });
    await test.core.factors.confirm(test.service, {
      id: factor.id,
      confirmationId: confirmation?.id ?? '',
      data: { code: test.outbox.codeFor('new@example.org') },
    });
    expect(
      await test.core.confirmations().use(test.service, { id, subjectId: 'ada', factorId: factor.id }),
    ).toMatchObject({ used: false });
  });

  it.each([false, true])('says so itself and is not used, given at once: %s', async (atOnce) => {
    await using test = await openTestCore({ methods: [word([], { atOnce })] });
    const api = test.core.confirmations();
    const right = await confirmedByWord(test, atOnce);
    await replaced(test);
    expect(await api.check(test.service, { id: right.id })).toMatchObject({
      available: false,
      confirmation: { status: 'confirmed', isAvailable: false },
    });
    expect(await api.use(test.service, right)).toEqual({ used: false });
  });

  it('given after the replacement is used', async () => {
    await using test = await openTestCore({ methods: [word()] });
    await addFactor(test, { method: 'word', config: { favourite: 'x' }, subjectId: 'bob' });
    await replaced(test);
    const right = await confirmedByWord(test, false);
    expect(await test.core.confirmations().use(test.service, right)).toMatchObject({ used: true });
    await replaced(test);
    const again = await test.core
      .confirmations()
      .request(test.service, { factorId: right.factorId, subjectId: 'ada' });
    await test.core.confirmations().confirm(test.service, { id: again.id, data: rightWord });
    const asked = { ...right, id: again.id };
    expect(await test.core.confirmations().use(test.service, asked)).toMatchObject({ used: true });
  });

  it('stays usable when its factor only uses something up', async () => {
    await using test = await openTestCore({ methods: [word()] });
    const right = await confirmedByWord(test, false);
    await test.database.sql.query('UPDATE countersign.factor SET version = version + 1');
    expect(await test.core.confirmations().use(test.service, right)).toMatchObject({ used: true });
  });

  it('waits for a replacement that came first, and then is not used', async () => {
    await using test = await openTestCore({ methods: [word([], { atOnce: true })] });
    const right = await confirmedByWord(test, true);
    const replacing = await test.database.sql.connect();
    await replacing.query('BEGIN');
    await replacing.query('UPDATE countersign.factor SET renewals = renewals + 1');
    const using = test.core.confirmations().use(test.service, right);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await replacing.query('COMMIT');
    replacing.release();
    expect(await using).toEqual({ used: false });
  });

  it('is used after a replacement where the statement does not compare (planted)', async () => {
    await using test = await openTestCore({ methods: [word()] });
    const right = await confirmedByWord(test, false);
    const { name, text } = useConfirmation;
    const planted = text.replace('f.renewals = locked.factor_renewals AND', '');
    expect(planted).not.toBe(text);
    Object.assign(useConfirmation, { name: `${name}_planted`, text: planted });
    restored.push(() => Object.assign(useConfirmation, { name, text }));
    await replaced(test);
    expect(await test.core.confirmations().use(test.service, right)).toMatchObject({ used: true });
  });
});
