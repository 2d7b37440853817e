import { describe, expect, it } from 'vitest';
import { findViolations } from '../../../testing/index.ts';
import { refusal } from '../../fixtures.ts';
import { testKey } from '../../method/device/keys.ts';
import { vectors } from '../../method/device/vectors.ts';
import { isAccepted, keyedPhone, listed, openDeviceCore, secretPhone } from './phone.ts';

describe('a device', () => {
  it('without a key gets a secret that is shown once, and proves from then on', async () => {
    await using test = await openDeviceCore();
    const { core, service, clock } = test;
    const { device, secret } = await core.devices.register(service, {
      subjectId: 'ada',
      uuid: 'phone-1',
      name: 'Ada’s phone',
      slug: 'bank-app',
    });
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(device).toEqual({
      id: expect.stringMatching(/^fact_[0-9a-z]{26}$/) as string,
      subjectId: 'ada',
      methodId: (await core.method.list(service)).find(({ key }) => key === 'device')?.id,
      method: 'device',
      title: 'Ada’s phone',
      status: 'confirmed',
      isActive: true,
      isDefault: true,
      hint: null,
      createdAt: clock.now(),
      lastUsedAt: null,
      uuid: 'phone-1',
      name: 'Ada’s phone',
      slug: 'bank-app',
      isPrimary: true,
      keyed: false,
    });
    expect(await listed(test)).toEqual([device]);
    expect(await core.factors.list(service, { subjectId: 'ada' })).toMatchObject([{ id: device.id }]);
    expect(await findViolations(test.database.sql, { now: clock.now() })).toEqual([]);
  });

  it('with a key gets no secret', async () => {
    await using test = await openDeviceCore();
    const answer = await test.core.devices.register(test.service, {
      subjectId: 'ada',
      uuid: 'phone-1',
      publicKey: testKey().jwk as never,
    });
    expect(answer).not.toHaveProperty('secret');
    expect(answer.device).toMatchObject({ keyed: true, name: null, slug: null, title: 'Device' });
  });

  it('is registered once by one idempotency key, and its secret is not shown again', async () => {
    await using test = await openDeviceCore();
    const input = { subjectId: 'ada', uuid: 'phone-1', idempotencyKey: 'k1' };
    const { register } = test.core.devices;
    const answers = await Promise.all(Array.from({ length: 8 }, () => register(test.service, input)));
    expect(answers.filter(({ secret }) => typeof secret === 'string')).toHaveLength(1);
    expect(answers.filter(({ secret }) => secret === null)).toHaveLength(7);
    expect(new Set(answers.map(({ device }) => device.id)).size).toBe(1);
    expect(await listed(test)).toHaveLength(1);
    await expect(register(test.service, { ...input, uuid: 'phone-2' })).rejects.toMatchObject(
      refusal('idempotency_conflict'),
    );
  });

  it('that is registered already is not registered again, of two hundred at once one is', async () => {
    await using test = await openDeviceCore();
    const { register } = test.core.devices;
    const answers = await Promise.allSettled(
      Array.from({ length: 200 }, () => register(test.service, { subjectId: 'ada', uuid: 'phone-1' })),
    );
    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(199);
    for (const answer of refused) expect(answer).toMatchObject({ reason: refusal('device_exists') });
    expect(await listed(test)).toHaveLength(1);
  });

  it('of two people may have one name, and each proves for its own subject alone', async () => {
    await using test = await openDeviceCore();
    const adas = await keyedPhone(test, { subjectId: 'ada' });
    const bobs = await keyedPhone(test, { subjectId: 'bob' });
    expect(adas.device.id).not.toBe(bobs.device.id);
    for (const phone of [adas, bobs])
      expect(await isAccepted(test, (await phone.authenticate()).token)).toBe(true);
    await expect(
      test.core.devices.authenticate(test.service, await adas.said({ subjectId: 'bob' })),
    ).rejects.toMatchObject(refusal('unauthenticated'));
    expect(await listed(test, 'ada')).toEqual([{ ...adas.device, lastUsedAt: test.clock.now() }]);
  });

  it('that was revoked is registered anew: another factor, and the old secret and tokens stay dead', async () => {
    await using test = await openDeviceCore();
    const before = await secretPhone(test);
    const { token } = await before.authenticate();
    await test.core.devices.revoke(test.service, { id: before.device.id });
    const after = await secretPhone(test);
    expect(after.device.id).not.toBe(before.device.id);
    expect(after.device).toMatchObject({ isPrimary: true, isDefault: true });
    await expect(before.authenticate()).rejects.toMatchObject(refusal('unauthenticated'));
    expect(await isAccepted(test, token)).toBe(false);
    expect(await isAccepted(test, (await after.authenticate()).token)).toBe(true);
    expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  });

  it('that was switched off is registered anew with another key, and what it had ends in that moment', async () => {
    await using test = await openDeviceCore();
    const before = await keyedPhone(test);
    const other = await keyedPhone(test, { uuid: 'phone-2' });
    const { token } = await before.authenticate();
    await test.database.sql.query(
      `UPDATE countersign.factor SET is_active = false, is_default = false WHERE device->>'uuid' = 'phone-1'`,
    );
    await expect(before.authenticate()).rejects.toMatchObject(refusal('unauthenticated'));
    const after = await keyedPhone(test);
    expect(after.device.id).not.toBe(before.device.id);
    expect(await isAccepted(test, token)).toBe(false);
    await expect(before.authenticate()).rejects.toMatchObject(refusal('unauthenticated'));
    expect(await isAccepted(test, (await after.authenticate()).token)).toBe(true);
    const devices = await listed(test);
    expect(devices.map(({ id }) => id).toSorted()).toEqual([after.device.id, other.device.id].toSorted());
    expect(devices.filter(({ isPrimary }) => isPrimary)).toHaveLength(1);
  });

  it('has no secret of ours at rest, neither in clear nor as a digest that can be looked for', async () => {
    await using test = await openDeviceCore();
    const { said } = await secretPhone(test);
    const { rows } = await test.database.sql.query<{ row: string }>(
      `SELECT f::text AS row FROM countersign.factor f UNION ALL SELECT e::text FROM countersign.event e
       UNION ALL SELECT k::text FROM countersign.idempotency_key k`,
    );
    const everything = rows.map(({ row }) => row).join('\n');
    const secret = Buffer.from(said.secret, 'base64url');
    for (const form of [said.secret, secret.toString('hex'), secret.toString('base64')])
      expect(everything).not.toContain(form);
    expect(everything).not.toContain('digestKey');
  });

  it('is one of twenty factors at most', async () => {
    await using test = await openDeviceCore();
    for (let n = 0; n < 20; n += 1) await secretPhone(test, { uuid: `phone-${n}` });
    await expect(secretPhone(test, { uuid: 'phone-20' })).rejects.toMatchObject(refusal('rate_limited'));
    const config = { channel: 'email', address: 'ada@example.org' };
    await expect(
      test.core.factors.create(test.service, { subjectId: 'ada', methodId: 'otp', config }),
    ).rejects.toMatchObject(refusal('rate_limited'));
  });

  it('is not offered where the installation has no such method', async () => {
    await using test = await openDeviceCore({ methods: [] });
    await expect(secretPhone(test)).rejects.toMatchObject(refusal('method_unavailable'));
  });

  it('is enrolled in no other way than by registering it', async () => {
    await using test = await openDeviceCore();
    const creating = test.core.factors.create(test.service, { subjectId: 'ada', methodId: 'device' });
    await expect(creating).rejects.toMatchObject(refusal('method_unavailable'));
  });

  it('tells the log that it was registered, by its name and never by its secret', async () => {
    await using test = await openDeviceCore();
    const { device } = await secretPhone(test, { context: { ticket: 7 } });
    const { items } = await test.events(test.service, { types: ['device.registered'] });
    expect(items).toMatchObject([
      {
        about: { kind: 'device', id: device.id },
        sequence: 1,
        subjectId: 'ada',
        data: { uuid: 'phone-1', keyed: false },
        context: { ticket: 7 },
      },
    ]);
    const seen = await test.events(test.subject('ada'), { types: ['device.registered'] });
    expect(seen.items).toMatchObject([{ data: { keyed: false }, context: null }]);
    expect((await test.events(test.subject('bob'), {})).items).toEqual([]);
  });

  it('is registered with nothing that it must not be, and with any printable name', async () => {
    await using test = await openDeviceCore();
    const wrong: [string, object][] = [
      ['an empty name', { uuid: '' }],
      ['a name of 37 characters', { uuid: 'x'.repeat(37) }],
      ['a name with a control character', { uuid: 'a\u0007b' }],
      ['a name with a line in it', { uuid: 'a\nb' }],
      ['an invisible mark in its name', { uuid: 'a\u200bb' }],
      ['no subject', { subjectId: undefined }],
      ['a private key', { publicKey: vectors.keys.es256 }],
      ['a point beside the curve', { publicKey: { ...vectors.keys.es256, d: undefined, y: 'A'.repeat(43) } }],
      ['its own secret', { secret: 'A'.repeat(43) }],
      ['a name too long to show', { name: 'x'.repeat(101) }],
    ];
    for (const [what, changes] of wrong)
      await expect(secretPhone(test, changes), what).rejects.toMatchObject(refusal('invalid_input'));
    expect(await listed(test)).toEqual([]);
    for (const uuid of ['x', 'x'.repeat(36), 'Ada’s 📱', '3f0c4a52-5d4e-4f0a-9a55-0c2d5c9f7a11']) {
      const phone = await keyedPhone(test, { uuid });
      expect(await isAccepted(test, (await phone.authenticate()).token)).toBe(true);
    }
  });
});
