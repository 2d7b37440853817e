import { expect, it } from 'vitest';
import { useConfirmation } from '../../src/confirmation/statement/use.ts';
import { enrolTotp, openWithFactors } from '../by-factor/enrolled.ts';
import { withoutCondition } from '../planted/without-condition.ts';

it('one factor does not stand for two: a proof of it is used for no other, and one code of it confirms once (bug 17)', async () => {
  await using test = await openWithFactors({ limits: { consecutiveWrongFree: 500 } });
  const [app, other] = [await enrolTotp(test), await enrolTotp(test)];
  const api = test.core.confirmations();
  const step = { subjectId: 'ada', purpose: 'sign-in' };
  const ask = (factorId: string) => api.request(test.service, { ...step, factorId });
  const [first, again, second] = [
    await ask(app.factorId),
    await ask(app.factorId),
    await ask(other.factorId),
  ];
  const data = { code: app.code() };
  const confirm = async (id: string) => (await api.confirm(test.service, { id, data })).status;
  expect(await confirm(first.id)).toBe('confirmed');
  expect(await confirm(again.id)).toBe('in_process');
  expect(await confirm(second.id)).toBe('in_process');

  test.clock.advance(30);
  const later = await api.confirm(test.service, { id: again.id, data: { code: app.code() } });
  expect(later).toMatchObject({ status: 'confirmed', factorId: app.factorId });
  const use = async (id: string, factorId: string) =>
    (await api.use(test.service, { ...step, id, factorId })).used;
  expect(await use(first.id, app.factorId)).toBe(true);
  expect(await use(again.id, other.factorId)).toBe(false);
  expect(await use(second.id, other.factorId)).toBe(false);

  const naive = await withoutCondition(
    [useConfirmation],
    /r\.factor_id IS NOT DISTINCT FROM (\$\d+::uuid)/,
    (found) => `${found.split(' ').at(-1) ?? ''} IS NOT NULL`,
    () => use(again.id, other.factorId),
  );
  expect(naive, 'where proofs are counted, and not factors').toBe(true);
});
