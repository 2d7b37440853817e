import { describe, expect, it } from 'vitest';
import { parseId } from '../../../src/id.ts';
import { device as deviceMethod } from '../../../src/method/methods/device.ts';
import { findViolations } from '../../../testing/index.ts';
import { refusal } from '../../fixtures.ts';
import { openNodes } from '../../scoped-token/stored/two-nodes.ts';
import { isAccepted, keyedPhone, listed, openDeviceCore, secretPhone } from './phone.ts';

describe('a device that is revoked', () => {
  it('is refused at once on this node: its tokens, its secret and its key', async () => {
    await using test = await openDeviceCore();
    const keyed = await keyedPhone(test, { uuid: 'keyed' });
    const secret = await secretPhone(test, { uuid: 'secret' });
    for (const { device, authenticate } of [keyed, secret]) {
      const tokens = [await authenticate(), await authenticate()].map(({ token }) => token);
      for (const token of tokens) expect(await isAccepted(test, token)).toBe(true);
      const revoked = await test.core.devices.revoke(test.service, { id: device.id });
      expect(revoked).toMatchObject({ id: device.id, isPrimary: false, isDefault: false });
      for (const token of tokens) expect(await isAccepted(test, token)).toBe(false);
      await expect(authenticate()).rejects.toMatchObject(refusal('unauthenticated'));
    }
    expect(await listed(test)).toEqual([]);
    expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  });

  it('is refused within a second on another node, which has accepted its token before', async () => {
    await using nodes = await openNodes();
    const methods = [deviceMethod()];
    const [one, other] = [await nodes.open({ methods }), await nodes.open({ methods })];
    const named = { subjectId: 'ada', uuid: 'phone-1' };
    const { device, secret } = await one.core.devices.register(one.service, named);
    const said = { ...named, secret: secret ?? '' };
    const { token } = await one.core.devices.authenticate(one.service, said);
    expect(await isAccepted(other, token)).toBe(true);
    await one.core.devices.revoke(one.service, { id: device.id });
    const revokedAt = performance.now();
    expect(await isAccepted(one, token)).toBe(false);
    await expect(other.core.devices.authenticate(other.service, said)).rejects.toMatchObject(
      refusal('unauthenticated'),
    );
    await expect.poll(() => isAccepted(other, token), { interval: 10 }).toBe(false);
    expect(performance.now() - revokedAt).toBeLessThan(1000);
  });

  it('takes its tokens with it in the same commit, and leaves those of others', async () => {
    await using test = await openDeviceCore();
    const { device, authenticate } = await keyedPhone(test);
    const other = await keyedPhone(test, { uuid: 'phone-2' });
    await authenticate();
    const spared = await other.authenticate();
    const byHost = await test.core.scopedToken.issue(test.service, { subjectId: 'ada', preset: 'subject' });
    await test.core.devices.revoke(test.service, { id: device.id });
    const { rows } = await test.database.sql.query<{ xids: string }>(
      `SELECT count(DISTINCT e.txid)::text AS xids FROM countersign.event e WHERE e.type IN ('device.revoked', 'scoped_token.revoked')`,
    );
    expect(rows).toEqual([{ xids: '1' }]);
    for (const { token } of [spared, byHost]) expect(await isAccepted(test, token)).toBe(true);
  });

  it('takes with it what it has authorized and is not in force yet, and keeps no key', async () => {
    await using test = await openDeviceCore();
    const { device } = await keyedPhone(test);
    const { factor } = await test.core.factors.create(test.service, {
      subjectId: 'ada',
      methodId: 'otp',
      config: { channel: 'email', address: 'mallory@evil.example' },
    });
    await test.database.sql.query('UPDATE countersign.factor SET authorized_by = $1 WHERE id = $2', [
      parseId('factor', device.id),
      parseId('factor', factor.id),
    ]);
    await test.core.devices.revoke(test.service, { id: device.id });
    expect(await test.core.factors.list(test.service, { subjectId: 'ada' })).toEqual([]);
    const { rows } = await test.database.sql.query('SELECT FROM countersign.factor WHERE config IS NOT NULL');
    expect(rows).toEqual([]);
    expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  });

  it('keeps its tokens when the call does not come to its end: both or none', async () => {
    await using test = await openDeviceCore();
    const { device, authenticate } = await keyedPhone(test);
    const { token } = await authenticate();
    await test.database.sql.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$;
       CREATE TRIGGER refuse BEFORE INSERT ON countersign.token_revocation FOR EACH ROW EXECUTE FUNCTION refuse();`,
    );
    await expect(test.core.devices.revoke(test.service, { id: device.id })).rejects.toThrow('no room');
    expect(await listed(test)).toHaveLength(1);
    expect(await isAccepted(test, token)).toBe(true);
  });

  it('leaves no token behind that it was getting at the same moment', async () => {
    await using test = await openDeviceCore();
    for (let turn = 0; turn < 20; turn += 1) {
      const { device, said } = await keyedPhone(test, { uuid: `phone-${turn}` });
      const proofs = await Promise.all(Array.from({ length: 6 }, () => said()));
      const answers = await Promise.allSettled([
        ...proofs.slice(0, 3).map((one) => test.core.devices.authenticate(test.service, one)),
        test.core.devices.revoke(test.service, { id: device.id }),
        ...proofs.slice(3).map((one) => test.core.devices.authenticate(test.service, one)),
      ]);
      for (const answer of answers)
        if (answer.status === 'fulfilled' && 'token' in answer.value)
          expect(await isAccepted(test, answer.value.token)).toBe(false);
    }
    const { rows } = await test.database.sql.query(
      'SELECT FROM countersign.scoped_token WHERE revoked_at IS NULL',
    );
    expect(rows).toEqual([]);
  });

  it('is told once, and cannot be revoked again', async () => {
    await using test = await openDeviceCore();
    const { device } = await secretPhone(test);
    const { revoke } = test.core.devices;
    const input = { id: device.id, idempotencyKey: 'k', context: { why: 'lost' } };
    const first = await revoke(test.service, input);
    expect(await revoke(test.service, input)).toEqual(first);
    await expect(revoke(test.service, { id: device.id })).rejects.toMatchObject(refusal('not_found'));
    const { items } = await test.events(test.service, { types: ['device.revoked'] });
    expect(items).toMatchObject([
      { about: { kind: 'device', id: device.id }, data: { uuid: 'phone-1' }, context: { why: 'lost' } },
    ]);
  });

  it('is revoked once by two hundred calls', async () => {
    await using test = await openDeviceCore();
    const { device } = await secretPhone(test);
    const answers = await Promise.allSettled(
      Array.from({ length: 200 }, () => test.core.devices.revoke(test.service, { id: device.id })),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await test.events(test.service, { types: ['device.revoked'] })).items).toHaveLength(1);
  });

  it('is no factor that can be removed or changed in another way', async () => {
    await using test = await openDeviceCore();
    const { device } = await secretPhone(test);
    const { factors } = test.core;
    const others = [
      () => factors.remove(test.service, { id: device.id }),
      () => factors.update(test.service, { id: device.id, isActive: false }),
      () => factors.update(test.service, { id: device.id, config: {} }),
    ];
    for (const other of others) await expect(other()).rejects.toMatchObject(refusal('invalid_input'));
    const { factor } = await factors.update(test.service, { id: device.id, title: 'Old phone' });
    expect(factor.title).toBe('Old phone');
    expect(await listed(test)).toMatchObject([{ title: 'Old phone', uuid: 'phone-1' }]);
  });
});
