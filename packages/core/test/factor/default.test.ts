import { expect, it } from 'vitest';
import { findViolations } from '../../testing/index.ts';
import { openFactorCore, vouchedOtp } from './people.ts';

it('200 parallel switches leave exactly one default', async () => {
  await using test = await openFactorCore();
  const factors: { id: string }[] = [];
  for (let each = 0; each < 4; each += 1)
    factors.push(await vouchedOtp(test, 'ada', `ada-${each}@example.org`));
  await Promise.all(
    Array.from({ length: 200 }, (_, turn) =>
      test.core.factors.update(test.service, { id: factors[turn % 4]!.id, isDefault: true }),
    ),
  );
  const listed = await test.core.factors.list(test.service, { subjectId: 'ada' });
  expect(listed.filter(({ isDefault }) => isDefault)).toHaveLength(1);
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});

it('of many first factors at once exactly one becomes the default', async () => {
  await using test = await openFactorCore();
  await Promise.all(
    Array.from({ length: 20 }, (_, each) => vouchedOtp(test, 'ada', `ada-${each}@example.org`)),
  );
  const listed = await test.core.factors.list(test.service, { subjectId: 'ada' });
  expect(listed.filter(({ isDefault }) => isDefault)).toHaveLength(1);
});

it('a factor that was wanted as the default becomes it when it is confirmed, not before, also when it was begun anew', async () => {
  await using test = await openFactorCore();
  const first = await vouchedOtp(test);
  const { factor } = await test.core.factors.create(test.service, {
    subjectId: 'ada',
    methodId: 'otp',
    config: { channel: 'email', address: 'new@example.org' },
    isDefault: true,
  });
  const again = await test.core.factors.update(test.service, {
    id: factor.id,
    config: { channel: 'email', address: 'newer@example.org' },
  });
  const defaultOf = async () =>
    (await test.core.factors.list(test.service, { subjectId: 'ada' })).find(({ isDefault }) => isDefault)?.id;
  expect(await defaultOf()).toBe(first.id);
  await test.core.factors.confirm(test.service, {
    id: factor.id,
    confirmationId: again.confirmation!.id,
    data: { code: test.outbox.codeFor('newer@example.org') },
  });
  expect(await defaultOf()).toBe(factor.id);
});

it('where the default was removed, the newest that is in force takes its place', async () => {
  await using test = await openFactorCore();
  const [first, second, third] = [
    await vouchedOtp(test, 'ada', 'a@example.org'),
    await vouchedOtp(test, 'ada', 'b@example.org'),
    await vouchedOtp(test, 'ada', 'c@example.org'),
  ];
  await test.core.factors.update(test.service, { id: third.id, isActive: false });
  await test.core.factors.remove(test.service, { id: first.id });
  const listed = await test.core.factors.list(test.service, { subjectId: 'ada' });
  expect(listed.map(({ id, isDefault }) => [id, isDefault])).toEqual([
    [second.id, true],
    [third.id, false],
  ]);
  await test.core.factors.remove(test.service, { id: second.id });
  expect(await test.core.factors.list(test.service, { subjectId: 'ada' })).toMatchObject([
    { isDefault: false },
  ]);
});
