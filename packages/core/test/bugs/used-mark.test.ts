import { expect, it } from 'vitest';
import { openTestCore } from '../../testing/index.ts';
import { adaMail, codeOf, requestByMail } from '../confirmation/fixtures.ts';
import { signedConfirmation } from '../planted/signed-confirmation.ts';

async function usedTwoHundredTimes(use: () => Promise<boolean>): Promise<number> {
  const answers = await Promise.all(Array.from({ length: 200 }, use));
  return answers.filter(Boolean).length;
}

it('a confirmation is used by one of two hundred, and by each where it is a signed text without a used mark (bug 24)', async () => {
  await using test = await openTestCore();
  const api = test.core.confirmations();
  const { id } = await requestByMail(test);
  await api.confirm(test.service, { id, data: codeOf(test) });
  const about = { purpose: 'change-email', subjectId: 'ada', data: adaMail };
  expect(await usedTwoHundredTimes(async () => (await api.use(test.service, { id, ...about })).used)).toBe(1);

  const naive = signedConfirmation(test.secret);
  const link = naive.confirm(about);
  expect(await usedTwoHundredTimes(() => naive.use(link, about))).toBe(200);
});
