import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/actor.ts';
import { actorOfToken } from '../../../src/scoped-token/actor-of-token.ts';
import { presets } from '../../../src/scoped-token/presets.ts';
import { authenticationBytes } from '../../../src/method/methods/device/bytes.ts';
import type { TestCore } from '../../../testing/index.ts';
import { refusal } from '../../fixtures.ts';
import { testKey } from '../../method/device/keys.ts';
import { isAccepted, keyedPhone, listed, openDeviceCore, secretPhone } from './phone.ts';

const unauthenticated = refusal('unauthenticated');
const anySecret = () => randomBytes(32).toString('base64url');

async function refusalsOf(test: TestCore, uuid = 'phone-1'): Promise<number> {
  const sql = `SELECT device->'refused'->>'count' AS count FROM countersign.factor WHERE device->>'uuid' = $1`;
  const { rows } = await test.database.sql.query<{ count: string | null }>(sql, [uuid]);
  return Number(rows[0]?.count ?? 0);
}

describe.each(['es256', 'ed25519', 'secret'] as const)('a device by its %s', (means) => {
  const phoneOf = async (test: TestCore, changes = {}) =>
    means === 'secret' ? await secretPhone(test, changes) : await keyedPhone(test, changes, means);

  it('gets a token for an hour that acts as this device, and for no more than a device may do', async () => {
    await using test = await openDeviceCore();
    const { device, authenticate } = await phoneOf(test);
    const { token, expiresAt } = await authenticate();
    expect(expiresAt.getTime() - test.clock.now().getTime()).toBeLessThanOrEqual(3_600_000);
    expect(expiresAt.getTime() - test.clock.now().getTime()).toBeGreaterThan(3_599_000);
    const verdict = await test.core.scopedToken.verifier.verify(token ?? '', { carrier: 'h' });
    if (!verdict.ok) throw new Error(verdict.reason);
    expect(actorOfToken(verdict)).toEqual({ kind: 'device', subjectId: 'ada', factorId: device.id });
    expect(verdict.claims.scp).toEqual(presets.device);
    expect(verdict.claims.cnf).toBeUndefined();
    expect(await listed(test)).toMatchObject([{ lastUsedAt: test.clock.now() }]);
    test.clock.advance(3600);
    expect(await isAccepted(test, token)).toBe(false);
    expect(await isAccepted(test, (await authenticate()).token)).toBe(true);
  });

  it('is refused under every other name as an unknown one is, and when it is switched off', async () => {
    await using test = await openDeviceCore();
    const { said } = await phoneOf(test);
    await phoneOf(test, { uuid: 'phone-2' });
    const saying = async (changes: { subjectId?: string; uuid?: string }) =>
      typeof said === 'function' ? await said(changes) : { ...said, ...changes };
    for (const changes of [
      { uuid: 'phone-2' },
      { uuid: 'phone-3' },
      { subjectId: 'bob' },
      { uuid: 'PHONE-1' },
    ])
      await expect(test.core.devices.authenticate(test.service, await saying(changes))).rejects.toMatchObject(
        unauthenticated,
      );
    await test.database.sql.query('UPDATE countersign.factor SET is_active = false, is_default = false');
    await expect(test.core.devices.authenticate(test.service, await saying({}))).rejects.toMatchObject(
      unauthenticated,
    );
  });

  it('gets one token for one idempotency key, and it is not shown again', async () => {
    await using test = await openDeviceCore();
    const { said } = await phoneOf(test);
    const input = { ...(typeof said === 'function' ? await said() : said), idempotencyKey: 'k1' };
    const { authenticate } = test.core.devices;
    const answers = await Promise.all(Array.from({ length: 8 }, () => authenticate(test.service, input)));
    expect(answers.filter(({ token }) => token !== null)).toHaveLength(1);
    const { items } = await test.core.scopedToken.list(test.service, { subjectId: 'ada' });
    expect(items).toHaveLength(1);
  });

  it('is refused where an operator has switched devices off', async () => {
    await using test = await openDeviceCore();
    const { authenticate } = await phoneOf(test);
    await authenticate();
    await test.core.method.configure(test.core.context({ kind: 'operator' }), {
      id: (await test.core.method.list(test.service)).find(({ key }) => key === 'device')?.id,
      key: 'device',
      title: 'Device',
      config: {},
      isActive: false,
    });
    await expect(authenticate()).rejects.toMatchObject(unauthenticated);
  });

  it('is let in whoever asks for it', async () => {
    await using test = await openDeviceCore();
    const { said } = await phoneOf(test);
    const actors: Actor[] = [
      { kind: 'service' },
      { kind: 'operator' },
      { kind: 'subject', subjectId: 'bob', sessionId: null },
      { kind: 'device', subjectId: 'bob', factorId: 'fact_1' },
    ];
    for (const actor of actors) {
      const input = typeof said === 'function' ? await said() : said;
      const { token } = await test.core.devices.authenticate(test.core.context(actor), input);
      expect(await isAccepted(test, token)).toBe(true);
    }
  });
});

describe('a signature that says who a device is', () => {
  it('is good once, of two hundred at once one is', async () => {
    await using test = await openDeviceCore();
    const { said } = await keyedPhone(test);
    const once = await said();
    const answers = await Promise.allSettled(
      Array.from({ length: 200 }, () => test.core.devices.authenticate(test.service, once)),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject(unauthenticated);
    await expect(test.core.devices.authenticate(test.service, once)).rejects.toMatchObject(unauthenticated);
    const { items } = await test.core.scopedToken.list(test.service, { subjectId: 'ada' });
    expect(items).toHaveLength(1);
  });

  it('is good for a minute', async () => {
    await using test = await openDeviceCore();
    const { said } = await keyedPhone(test);
    const [late, inTime] = [await said(), await said()];
    test.clock.advance(59.999);
    await test.core.devices.authenticate(test.service, inTime);
    test.clock.advance(0.001);
    await expect(test.core.devices.authenticate(test.service, late)).rejects.toMatchObject(unauthenticated);
  });

  it('is wrong by another key, over another nonce, of another form, or of a nonce that is not ours', async () => {
    await using test = await openDeviceCore();
    const { said, key } = await keyedPhone(test);
    const right = await said();
    const other = testKey();
    const sign = (device: string, nonce: string, subjectId = 'ada') =>
      key.sign(authenticationBytes({ device, nonce, subjectId }));
    const invented = 'A'.repeat(80);
    const wrong = [
      { ...right, signature: other.sign(authenticationBytes({ ...right, device: right.uuid })) },
      { ...right, signature: (await said()).signature },
      { ...right, nonce: (await said()).nonce },
      { ...right, nonce: invented, signature: sign('phone-1', invented) },
      { ...right, signature: sign('phone-2', right.nonce) },
      { ...right, signature: sign('phone-1', right.nonce, 'bob') },
      { ...right, signature: `${right.signature}=` },
      { ...right, signature: Buffer.from(right.signature, 'base64url').toString('hex') },
      { ...right, signature: 'A'.repeat(86) },
      { ...right, signature: 'x' },
    ];
    for (const each of wrong)
      await expect(test.core.devices.authenticate(test.service, each)).rejects.toMatchObject(unauthenticated);
    await test.core.devices.authenticate(test.service, right);
  });

  it('is of no use to a device with a secret, and a secret of none to one with a key', async () => {
    await using test = await openDeviceCore();
    const keyed = await keyedPhone(test, { uuid: 'keyed' });
    const secret = await secretPhone(test, { uuid: 'secret' });
    const { authenticate } = test.core.devices;
    await expect(authenticate(test.service, { ...secret.said, uuid: 'keyed' })).rejects.toMatchObject(
      unauthenticated,
    );
    await expect(authenticate(test.service, await keyed.said({ uuid: 'secret' }))).rejects.toMatchObject(
      unauthenticated,
    );
  });
});

describe('a failure to say who a device is', () => {
  it('answers alike for a known and an unknown device, whatever was wrong', async () => {
    await using test = await openDeviceCore();
    const keyed = await keyedPhone(test, { uuid: 'keyed' });
    await secretPhone(test, { uuid: 'secret' });
    const errorOf = async (input: Parameters<typeof test.core.devices.authenticate>[1]) =>
      await test.core.devices.authenticate(test.service, input).then(
        () => null,
        (error: Error & { reason?: string; details?: unknown }) => ({
          keys: Object.keys(error),
          message: error.message,
          reason: error.reason,
          details: error.details,
        }),
      );
    const { nonce, signature } = await keyed.said();
    const seen = [
      await errorOf({ subjectId: 'ada', uuid: 'secret', secret: anySecret() }),
      await errorOf({ subjectId: 'ada', uuid: 'keyed', secret: anySecret() }),
      await errorOf({ subjectId: 'ada', uuid: 'unknown', secret: anySecret() }),
      await errorOf({ subjectId: 'nobody', uuid: 'secret', secret: 'x' }),
      await errorOf({ subjectId: 'ada', uuid: 'secret', nonce, signature }),
      await errorOf({ subjectId: 'ada', uuid: 'unknown', nonce, signature }),
      await errorOf({ subjectId: 'ada', uuid: 'keyed', nonce: 'x', signature: 'x' }),
      await errorOf(await keyed.said({ uuid: 'unknown' })),
    ];
    for (const each of seen) {
      expect(each).toEqual(seen[0]);
      expect(each?.reason).toBe('unauthenticated');
    }
  });

  it('is counted on the device alone: two hundred of them lock nobody out', async () => {
    await using test = await openDeviceCore();
    const phone = await secretPhone(test);
    await secretPhone(test, { uuid: 'phone-2' });
    const before = await test.database.sql.query('SELECT * FROM countersign.subject_security');
    const attempt = () =>
      test.core.devices.authenticate(test.service, { ...phone.said, secret: anySecret() });
    for (let turn = 0; turn < 20; turn += 1) {
      test.clock.advance(1);
      const answers = await Promise.allSettled(Array.from({ length: 10 }, attempt));
      for (const answer of answers) expect(answer).toMatchObject({ reason: unauthenticated });
      await expect.poll(() => refusalsOf(test), { interval: 1 }).toBe(turn + 1);
    }
    expect(await refusalsOf(test, 'phone-2')).toBe(0);
    const after = await test.database.sql.query('SELECT * FROM countersign.subject_security');
    expect(after.rows).toEqual(before.rows);
    expect((await test.events(test.service, { types: ['subject.locked', 'factor.locked'] })).items).toEqual(
      [],
    );
    expect(await isAccepted(test, (await phone.authenticate()).token)).toBe(true);
    expect(await refusalsOf(test)).toBe(0);
  });

  it('writes nothing for a device that there is not', async () => {
    await using test = await openDeviceCore();
    await secretPhone(test);
    const said = { subjectId: 'ada', uuid: 'unknown', secret: anySecret() };
    await expect(test.core.devices.authenticate(test.service, said)).rejects.toMatchObject(unauthenticated);
    const { rows } = await test.database.sql.query(
      `SELECT FROM countersign.factor WHERE device ? 'refused' OR subject_id <> 'ada'`,
    );
    expect(rows).toEqual([]);
  });

  it('is invalid input where no secret and no signature was said, or more than that', async () => {
    await using test = await openDeviceCore();
    const wrong: [string, object][] = [
      ['nothing', {}],
      ['both', { secret: 'a', nonce: 'b', signature: 'c' }],
      ['half of it', { nonce: 'b' }],
      ['an empty secret', { secret: '' }],
      ['a number', { secret: 1 }],
      ['something of its own', { secret: 'a', isPrimary: true }],
    ];
    for (const [what, said] of wrong) {
      const input = { subjectId: 'ada', uuid: 'phone-1', ...said } as never;
      const refused = test.core.devices.authenticate(test.service, input);
      await expect(refused, what).rejects.toMatchObject(refusal('invalid_input'));
    }
  });

  it('of a device whose secret was sealed by a secret of the deployment that is gone is one as any other', async () => {
    await using test = await openDeviceCore();
    const { authenticate } = await secretPhone(test);
    await test.database.sql.query(
      `UPDATE countersign.factor SET config = 'not sealed by us at all, but long enough'`,
    );
    await expect(authenticate()).rejects.toMatchObject(unauthenticated);
  });
});
