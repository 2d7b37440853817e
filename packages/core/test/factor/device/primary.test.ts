import { expect, it } from 'vitest';
import { findViolations } from '../../../testing/index.ts';
import { refusal } from '../../fixtures.ts';
import { keyedPhone, listed, openDeviceCore, secretPhone } from './phone.ts';

it('the first device is the primary one, and a later one when it is wanted', async () => {
  await using test = await openDeviceCore();
  const first = await secretPhone(test, { uuid: 'phone-1' });
  await secretPhone(test, { uuid: 'phone-2' });
  expect(await listed(test)).toMatchObject([
    { uuid: 'phone-1', isPrimary: true },
    { uuid: 'phone-2', isPrimary: false },
  ]);
  const third = await secretPhone(test, { uuid: 'phone-3', isPrimary: true });
  expect(await listed(test)).toMatchObject([
    { uuid: 'phone-3', isPrimary: true },
    { uuid: 'phone-2', isPrimary: false },
    { uuid: 'phone-1', isPrimary: false },
  ]);
  expect(third.device.isPrimary).toBe(true);
  await test.core.devices.setPrimary(test.service, { id: first.device.id });
  expect((await listed(test))[0]).toMatchObject({ uuid: 'phone-1', isPrimary: true });
  const { items } = await test.events(test.service, { types: ['device.primary_changed'] });
  expect(items).toMatchObject([
    { about: { kind: 'device', id: third.device.id }, sequence: 2, data: { uuid: 'phone-3' } },
    { about: { kind: 'device', id: first.device.id }, sequence: 2, data: { uuid: 'phone-1' } },
  ]);
});

it('200 parallel switches leave exactly one primary device', async () => {
  await using test = await openDeviceCore();
  const devices = await Promise.all([0, 1, 2, 3, 4].map((n) => secretPhone(test, { uuid: `phone-${n}` })));
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, turn) =>
      test.core.devices.setPrimary(test.service, { id: devices[turn % 5]?.device.id ?? '' }),
    ),
  );
  expect(answers.every(({ isPrimary }) => isPrimary)).toBe(true);
  expect((await listed(test)).filter(({ isPrimary }) => isPrimary)).toHaveLength(1);
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});

it('of many first devices at once exactly one becomes the primary one, and the default factor', async () => {
  await using test = await openDeviceCore();
  await Promise.all(
    Array.from({ length: 15 }, (_, n) => secretPhone(test, { uuid: `phone-${n}`, isPrimary: n % 2 === 0 })),
  );
  const devices = await listed(test);
  expect(devices.filter(({ isPrimary }) => isPrimary)).toHaveLength(1);
  expect(devices.filter(({ isDefault }) => isDefault)).toHaveLength(1);
});

it('two primary devices of one subject cannot be committed, whatever the code believes', async () => {
  await using test = await openDeviceCore();
  await secretPhone(test, { uuid: 'phone-1' });
  await secretPhone(test, { uuid: 'phone-2' });
  const both = `UPDATE countersign.factor SET device = device || '{"isPrimary": true}'`;
  await expect(test.database.sql.query(both)).rejects.toMatchObject({ constraint: 'one_primary_device' });
});

it('a device that is the primary one stays it without another event', async () => {
  await using test = await openDeviceCore();
  const { device } = await secretPhone(test);
  expect(await test.core.devices.setPrimary(test.service, { id: device.id })).toEqual(device);
  expect((await test.events(test.service, { types: ['device.primary_changed'] })).items).toEqual([]);
});

it('when the primary device is revoked, the one that was used last takes its place', async () => {
  await using test = await openDeviceCore();
  const phones = [];
  for (let n = 0; n < 4; n += 1) phones.push(await keyedPhone(test, { uuid: `phone-${n}` }));
  for (const n of [3, 1, 2]) {
    test.clock.advance(10);
    await phones[n]?.authenticate();
  }
  await test.core.devices.revoke(test.service, { id: phones[2]?.device.id ?? '' });
  expect((await listed(test))[0]).toMatchObject({ uuid: 'phone-0', isPrimary: true });
  await test.core.devices.revoke(test.service, { id: phones[0]?.device.id ?? '' });
  expect((await listed(test))[0]).toMatchObject({ uuid: 'phone-1', isPrimary: true });
  const { items } = await test.events(test.service, { types: ['device.primary_changed'] });
  expect(items).toMatchObject([{ about: { id: phones[1]?.device.id } }]);
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});

it('a device that is switched off, revoked, unknown, or no device cannot become the primary one', async () => {
  await using test = await openDeviceCore();
  await secretPhone(test, { uuid: 'phone-1' });
  const off = await secretPhone(test, { uuid: 'phone-2' });
  const { factor } = await test.core.factors.create(test.service, {
    subjectId: 'ada',
    methodId: 'otp',
    config: { channel: 'email', address: 'ada@example.org' },
    confirmed: true,
  });
  const { setPrimary, revoke } = test.core.devices;
  await test.database.sql.query(
    `UPDATE countersign.factor SET is_active = false WHERE device->>'uuid' = 'phone-2'`,
  );
  await expect(setPrimary(test.service, { id: off.device.id })).rejects.toMatchObject(refusal('unavailable'));
  await revoke(test.service, { id: off.device.id });
  for (const id of [off.device.id, factor.id, 'fact_unknown', ''.padEnd(31, '0')])
    for (const verb of [setPrimary, revoke])
      await expect(verb(test.service, { id })).rejects.toMatchObject(refusal('not_found'));
});
