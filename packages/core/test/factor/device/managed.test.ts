import { describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/actor.ts';
import type { PresentedToken } from '../../../src/context.ts';
import type { EffectiveScope } from '../../../src/scoped-token/scope/scope.ts';
import type { AcceptedToken } from '../../../src/scoped-token/cst1/accepted-token.ts';
import { device as deviceMethod } from '../../../src/method/methods/device.ts';
import { totp } from '../../../src/method/methods/totp.ts';
import { findViolations, type TestCore } from '../../../testing/index.ts';
import { refusal } from '../../fixtures.ts';
import { testKey } from '../../method/device/keys.ts';
import { ada, authorized, grantByCode, refusedRequest, vouchedOtp } from '../people.ts';
import { isAccepted, keyedPhone, listed, openDeviceCore, secretPhone } from './phone.ts';

/** A subject's call with a token whose scope is these mutations. */
function withToken({ core }: TestCore, m: readonly string[]) {
  const scope = [{ rpc: { m } }] as unknown as EffectiveScope;
  const accepted = { scope, blocks: [], restrictions: {} } as unknown as AcceptedToken;
  const actor: Actor = { kind: 'subject', subjectId: 'ada', sessionId: 'session-1' };
  return core.context(actor, { text: '', accepted } satisfies PresentedToken);
}

describe('a subject', () => {
  it('registers a device by a grant for exactly that name and that key', async () => {
    await using test = await openDeviceCore();
    await vouchedOtp(test);
    const { register } = test.core.devices;
    const [own, other] = [testKey(), testKey()];
    const input = { uuid: 'phone-1', name: 'Ada’s phone', publicKey: own.jwk as never };
    const request = await refusedRequest(register(ada(test), input));
    expect(request).toMatchObject({
      slug: 'countersign.device.register',
      title: 'Register a device',
      facts: [
        { label: 'Device', value: 'Ada’s phone' },
        { label: 'Device id', value: 'phone-1' },
        { label: 'Key', value: expect.stringMatching(/^[\w-]{43}$/) as string },
      ],
      data: {
        uuid: 'phone-1',
        name: 'Ada’s phone',
        publicKeyThumbprint: expect.stringMatching(/^[\w-]{43}$/) as string,
      },
    });
    await grantByCode(test, ada(test), request);
    for (const changed of [
      { ...input, publicKey: other.jwk as never },
      { ...input, uuid: 'phone-2' },
      { ...input, isPrimary: true },
      { uuid: 'phone-1', name: 'Ada’s phone' },
    ])
      expect((await refusedRequest(register(ada(test), changed))).id).not.toBe(request.id);
    expect(await listed(test)).toEqual([]);
    const { device } = await register(ada(test), input);
    expect(device).toMatchObject({ uuid: 'phone-1', keyed: true, isPrimary: true, isDefault: false });
    // What cannot be done is not asked.
    await expect(register(ada(test), { ...input, publicKey: other.jwk as never })).rejects.toMatchObject(
      refusal('device_exists'),
    );
    expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  });

  it('makes a device the primary one and revokes one by a grant for just that', async () => {
    await using test = await openDeviceCore();
    await vouchedOtp(test);
    const first = await secretPhone(test, { uuid: 'phone-1' });
    const second = await secretPhone(test, { uuid: 'phone-2' });
    const { setPrimary, revoke } = test.core.devices;
    const { token } = await first.authenticate();
    const id = second.device.id;
    const chosen = await authorized(test, ada(test), () => setPrimary(ada(test), { id }));
    expect(chosen).toMatchObject({ id, isPrimary: true });
    const asked = await refusedRequest(revoke(ada(test), { id: first.device.id }));
    expect(asked).toMatchObject({
      slug: 'countersign.device.revoke',
      facts: [{ label: 'Device id', value: 'phone-1' }],
    });
    expect(await isAccepted(test, token)).toBe(true);
    await grantByCode(test, ada(test), asked);
    await revoke(ada(test), { id: first.device.id });
    expect(await isAccepted(test, token)).toBe(false);
    expect(await listed(test)).toMatchObject([{ id }]);
  });

  it('neither sees nor touches a device of somebody else', async () => {
    await using test = await openDeviceCore();
    await vouchedOtp(test);
    const { device } = await secretPhone(test, { subjectId: 'bob' });
    const { register, setPrimary, revoke, list } = test.core.devices;
    await expect(register(ada(test), { subjectId: 'bob', uuid: 'x' })).rejects.toMatchObject(
      refusal('not_found'),
    );
    for (const verb of [setPrimary, revoke])
      await expect(verb(ada(test), { id: device.id })).rejects.toMatchObject(refusal('not_found'));
    expect(await list(ada(test), { subjectId: 'bob' })).toEqual([]);
    expect(await list(ada(test))).toEqual([]);
    expect(await listed(test, 'bob')).toHaveLength(1);
  });

  it('registers its very first device only by a token of the service that names the procedure', async () => {
    await using test = await openDeviceCore();
    const { register } = test.core.devices;
    await expect(register(ada(test), { uuid: 'phone-1' })).rejects.toMatchObject(refusal('forbidden'));
    const presenting = (m: readonly string[]) => withToken(test, m);
    for (const other of [['device.*'], ['device.revoke'], ['factor.create'], []])
      await expect(register(presenting(other), { uuid: 'phone-1' })).rejects.toMatchObject(
        refusal('forbidden'),
      );
    const first = await register(presenting(['device.register']), { uuid: 'phone-1' });
    expect(first.device).toMatchObject({ isPrimary: true, isDefault: true });
    expect(first.secret).toMatch(/^[\w-]{43}$/);
    await expect(register(presenting(['device.register']), { uuid: 'phone-2' })).rejects.toMatchObject(
      refusal('authorization_required'),
    );
  });

  it('with its first device ends what was begun without a proof, maybe by somebody else', async () => {
    await using test = await openDeviceCore({ methods: [totp(), deviceMethod()] });
    const { factors, devices } = test.core;
    const begun = await factors.create(withToken(test, ['factor.create']), { methodId: 'totp' });
    const vouched = await factors.create(test.service, { subjectId: 'ada', methodId: 'totp' });
    await devices.register(withToken(test, ['device.register']), { uuid: 'phone-1' });
    const left = (await factors.list(test.service, { subjectId: 'ada' })).map(({ id }) => id);
    expect(left).toContain(vouched.factor.id);
    expect(left).not.toContain(begun.factor.id);
  });

  it('passes no context along, which is the service’s', async () => {
    await using test = await openDeviceCore();
    const { device } = await secretPhone(test);
    const { register, revoke, setPrimary, nonce, authenticate } = test.core.devices;
    const said = { subjectId: 'ada', uuid: 'phone-1', context: {} };
    for (const call of [
      () => register(ada(test), { uuid: 'phone-2', context: {} }),
      () => revoke(ada(test), { id: device.id, context: {} }),
      () => setPrimary(ada(test), { id: device.id, context: {} }),
      () => nonce(ada(test), said),
      () => authenticate(ada(test), { ...said, secret: 'x' }),
    ])
      await expect(call()).rejects.toMatchObject(refusal('forbidden'));
  });
});

describe('a device', () => {
  it('sees the devices of its subject and manages none, and an operator neither', async () => {
    await using test = await openDeviceCore();
    const { device } = await keyedPhone(test);
    await keyedPhone(test, { subjectId: 'bob' });
    const { register, revoke, setPrimary, list } = test.core.devices;
    const phone = test.core.context({ kind: 'device', subjectId: 'ada', factorId: device.id });
    const operator = test.core.context({ kind: 'operator' });
    expect(await list(phone)).toEqual([device]);
    expect(await list(phone, { subjectId: 'bob' })).toEqual([]);
    await expect(list(operator, { subjectId: 'ada' })).rejects.toMatchObject(refusal('forbidden'));
    for (const context of [phone, operator]) {
      await expect(register(context, { uuid: 'phone-2' })).rejects.toMatchObject(refusal('forbidden'));
      for (const verb of [revoke, setPrimary])
        await expect(verb(context, { id: device.id })).rejects.toMatchObject(refusal('forbidden'));
    }
  });

  it('is named by the service with its subject', async () => {
    await using test = await openDeviceCore();
    const { register, list } = test.core.devices;
    await expect(register(test.service, { uuid: 'phone-1' })).rejects.toMatchObject(refusal('invalid_input'));
    await expect(list(test.service, {})).rejects.toMatchObject(refusal('invalid_input'));
    expect(await list(test.service, { subjectId: 'nobody' })).toEqual([]);
  });
});
