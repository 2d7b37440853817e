import { expect, it } from 'vitest';
import { openWithFactors } from '../by-factor/enrolled.ts';
import { recoveryCodeList } from '../planted/recovery-code-list.ts';

/** Twelve: each answer costs 30 ms of scrypt, and two at the same moment are enough to lose. */
async function presentedTwelveTimes(prove: (index: number) => Promise<boolean>): Promise<number> {
  const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => prove(index)));
  return answers.filter(Boolean).length;
}

it('a recovery code that comes twelve times at once proves once, and more often where it is read, compared and deleted (bug 2)', async () => {
  await using test = await openWithFactors({
    limits: { wrongProofsPerDayMax: 200, consecutiveWrongFree: 500, consecutiveWrongMax: 500 },
  });
  const { factor, setup } = await test.core.factors.create(test.service, {
    subjectId: 'ada',
    methodId: 'recovery-code',
  });
  const { codes } = setup as { codes: string[] };
  const [code = ''] = codes;
  const api = test.core.confirmations();
  const asked = await Promise.all(
    Array.from({ length: 12 }, () =>
      api.request(test.service, { factorId: factor.id, subjectId: 'ada', purpose: 'recover' }),
    ),
  );
  const ours = await presentedTwelveTimes(async (index) => {
    const { status } = await api.confirm(test.service, { id: asked[index]?.id ?? '', data: { code } });
    return status === 'confirmed';
  });
  expect(ours).toBe(1);

  const naive = await recoveryCodeList(test.database.sql, codes);
  expect(await presentedTwelveTimes(() => naive(code))).toBeGreaterThan(1);
});
