import { expect, it } from 'vitest';
import { sweep } from '../../src/maintenance/sweep.ts';
import { openTestCore } from '../../testing/index.ts';
import { createTransfer, refusal } from '../fixtures.ts';
import { adaMail, codeOf, requestByMail } from './fixtures.ts';

it('needs no background job: from its expiry on a confirmation is neither confirmed nor used', async () => {
  await using test = await openTestCore();
  const api = test.core.confirmations();
  const { id, createdAt, expiresAt, challenge } = await requestByMail(test);
  expect(expiresAt.getTime() - createdAt.getTime()).toBe(600_000);
  expect(challenge?.expiresAt.getTime()).toBe(createdAt.getTime() + 300_000);
  const data = codeOf(test);
  test.clock.set(expiresAt);
  await expect(api.confirm(test.service, { id, data })).rejects.toMatchObject(refusal('expired'));
  expect(await api.check(test.service, { id })).toMatchObject({
    available: false,
    confirmation: { status: 'expired', challenge: null, attemptsLeft: 5 },
  });
});

it('takes a code for five minutes, though the confirmation lasts ten: too late is wrong', async () => {
  await using test = await openTestCore();
  const { id } = await requestByMail(test);
  test.clock.advance(300);
  const late = await test.core.confirmations().confirm(test.service, { id, data: codeOf(test) });
  expect(late).toMatchObject({ status: 'in_process', attemptsLeft: 4, challenge: null });
});

it('is written down by the sweep, once each, of what was never confirmed and what was never used', async () => {
  await using test = await openTestCore();
  const api = test.core.confirmations();
  const open = await requestByMail(test);
  const confirmed = await requestByMail(test);
  await api.confirm(test.service, { id: confirmed.id, data: codeOf(test) });
  const used = await requestByMail(test);
  await api.confirm(test.service, { id: used.id, data: codeOf(test) });
  await api.use(test.service, { id: used.id, purpose: 'change-email', subjectId: 'ada', data: adaMail });
  await createTransfer(test);
  expect(await sweep(test.service)).toBe(0);
  test.clock.set(open.expiresAt);
  expect(await sweep(test.service)).toBe(3);
  expect(await sweep(test.service)).toBe(0);
  const { items } = await test.events(test.service, { types: ['confirmation.expired'] });
  expect(items.map(({ about, sequence, data }) => [about.id, sequence, data])).toEqual([
    [open.id, 2, {}],
    [confirmed.id, 3, {}],
  ]);
  expect(items[0]?.occurredAt).toEqual(open.expiresAt);
  expect(await api.check(test.service, { id: confirmed.id })).toMatchObject({
    confirmation: { status: 'expired' },
  });
});

it('is not forgotten by the sweep while somebody holds its row', async () => {
  await using test = await openTestCore();
  const { expiresAt } = await requestByMail(test);
  test.clock.set(expiresAt);
  const holding = await test.database.sql.connect();
  await holding.query('BEGIN');
  await holding.query('SELECT FROM countersign.confirmation FOR UPDATE');
  expect(await sweep(test.service)).toBe(0);
  await holding.query('COMMIT');
  holding.release();
  test.clock.advance(3600);
  expect(await sweep(test.service)).toBe(1);
});
