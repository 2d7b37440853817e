import { expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';
import {
  adaMail,
  addFactor,
  codeOf,
  requestByMail,
  rightWord,
  word,
  wrongCode,
  wrongWord,
} from './fixtures.ts';

const mailOf = (address: string) => ({ channel: 'email', address });

async function guess(test: TestCore, id: string, times: number): Promise<void> {
  for (let turn = 0; turn < times; turn += 1)
    expect(
      await test.core.confirmations().confirm(test.service, { id, data: wrongCode(test) }),
    ).toMatchObject({ status: 'in_process' });
}

async function streaksOf(test: TestCore): Promise<Record<string, { count: number }>> {
  const { rows } = await test.database.sql.query<{ streaks: Record<string, { count: number }> }>(
    `SELECT streaks FROM countersign.subject_security WHERE subject_id = 'ada'`,
  );
  return rows[0]?.streaks ?? {};
}

it('a right answer from one mailbox ends no streak of another one', async () => {
  await using test = await openTestCore();
  const api = test.core.confirmations();
  const first = await requestByMail(test);
  await guess(test, first.id, 4);
  const own = await requestByMail(test, { data: mailOf('mallory@evil.example') });
  const right = { id: own.id, data: codeOf(test, 'mallory@evil.example') };
  expect(await api.confirm(test.service, right)).toMatchObject({ status: 'confirmed' });
  const second = await requestByMail(test);
  await guess(test, second.id, 1);
  const sixth = api.confirm(test.service, { id: second.id, data: wrongCode(test) });
  await expect(sixth).rejects.toMatchObject(refusal('factor_locked'));
});

it('a mailbox has one streak, however its address is written, and no address stands in it', async () => {
  await using test = await openTestCore();
  const spellings = ['ada@example.org', 'Ada+bank@Example.org', ' ada@example.org '];
  for (const address of spellings)
    await guess(test, (await requestByMail(test, { data: mailOf(address) })).id, 1);
  const streaks = Object.entries(await streaksOf(test));
  expect(streaks).toEqual([
    [expect.stringMatching(/^otp:[\w-]{43}$/), expect.objectContaining({ count: 3 })],
  ]);
});

it('a right answer to a mailbox ends no streak of the factor that sends to the very same one', async () => {
  await using test = await openTestCore();
  const factorId = await addFactor(test, { method: 'otp', config: adaMail });
  const api = test.core.confirmations();
  const byFactor = await api.request(test.service, { subjectId: 'ada', factorId });
  await guess(test, byFactor.id, 4);
  const byMail = await requestByMail(test);
  await api.confirm(test.service, { id: byMail.id, data: codeOf(test) });
  expect(Object.values(await streaksOf(test))).toMatchObject([{ count: 4 }]);
});

it('where no place is named a method alone has one streak of its own, which its right answer ends', async () => {
  await using test = await openTestCore({ methods: [word()] });
  const api = test.core.confirmations();
  const ask = async () => (await api.request(test.service, { methodId: 'word', subjectId: 'ada' })).id;
  await api.confirm(test.service, { id: await ask(), data: wrongWord });
  await api.confirm(test.service, { id: await ask(), data: wrongWord });
  expect(await streaksOf(test)).toMatchObject({ 'word:alone': { count: 2 } });
  await api.confirm(test.service, { id: await ask(), data: rightWord });
  expect(await streaksOf(test)).toEqual({});
});

it('tells once that the streak of a mailbox has locked', async () => {
  await using test = await openTestCore({ limits: { consecutiveWrongMax: 2 } });
  const { id } = await requestByMail(test);
  await guess(test, id, 2);
  const third = test.core.confirmations().confirm(test.service, { id, data: codeOf(test) });
  await expect(third).rejects.toMatchObject(refusal('factor_locked'));
  const other = await requestByMail(test, { data: mailOf('ada@new.example.org') });
  await guess(test, other.id, 1);
  const { items } = await test.events(test.service, { types: ['factor.locked'] });
  expect(items).toMatchObject([{ subjectId: 'ada', data: { method: 'otp' } }]);
});
