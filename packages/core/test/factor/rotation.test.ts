import { describe, expect, it, vi } from 'vitest';
import { openCore, type CoreOptions } from '../../src/core.ts';
import type { CoreContext } from '../../src/context.ts';
import type { Executor } from '../../src/database/executor.ts';
import { identityDigest } from '../../src/factor/identity.ts';
import { openConfig } from '../../src/factor/sealed-config.ts';
import { parseId } from '../../src/id.ts';
import { reseal } from '../../src/maintenance/reseal.ts';
import { methodIdOf } from '../../src/method/method-id.ts';
import { device } from '../../src/method/methods/device.ts';
import { otp } from '../../src/method/methods/otp.ts';
import { totp, type TotpConfig } from '../../src/method/methods/totp.ts';
import { createOutbox, openTestCore, type TestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';
import { secretPhone } from './device/phone.ts';
import { enrolledTotp, vouchedOtp } from './people.ts';

const [middle, next] = [7, 8].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string];

/** Core under the first secret; `test.secret` is that. */
async function openFirst(): Promise<TestCore> {
  const outbox = createOutbox();
  const test = await openTestCore({ methods: methodsWith(outbox) });
  return Object.assign(test, { outbox });
}

function methodsWith({ send }: Pick<TestCore['outbox'], 'send'>) {
  return [otp({ send }), totp(), device()];
}

/** The same installation, started under another secret. */
async function reopen(test: TestCore, secret: CoreOptions['secret'], options: Partial<CoreOptions> = {}) {
  const lines: { readonly fields: object; readonly message: string }[] = [];
  const note = (fields: object, message: string) => void lines.push({ fields, message });
  const core = await openCore({
    database: test.database.url,
    clock: test.clock,
    methods: methodsWith(test.outbox),
    migrate: false,
    sweep: false,
    listen: false,
    logger: { debug: note, info: note, warn: note, error: note },
    secret,
    ...options,
  });
  return {
    ...test,
    core,
    lines,
    service: core.context({ kind: 'service' }),
    subject: (subjectId: string) => core.context({ kind: 'subject', subjectId, sessionId: null }),
    [Symbol.asyncDispose]: async () => await core.close(),
  };
}

async function proves(test: TestCore, subjectId: string, method: string, code: () => string) {
  const request = { slug: 'transfer', subjectId, methods: [method] };
  const { id } = await test.core.authorizationRequest.create(test.service, request);
  const proof = { method, code: code() };
  return (await test.core.authorizationRequest.grant(test.service, { id, proof })).granted;
}

async function storedOf({ database }: TestCore) {
  const { rows } = await database.sql.query<{
    id: string;
    subject_id: string;
    config: Buffer | null;
    pending: Buffer | null;
    version: number;
  }>('SELECT id, subject_id, config, pending, version FROM countersign.factor ORDER BY id');
  return rows;
}

/** The services of a process in which something happens between what it reads and what it seals. */
function interrupted(service: CoreContext, happens: () => Promise<void>): CoreContext {
  const query: Executor['query'] = async (statement, parameters) => {
    if (statement.name === 'countersign_reseal_factor') await happens();
    return await service.database.pool.query(statement, parameters);
  };
  const pool = { ...service.database.pool, query };
  return { ...service, database: { ...service.database, pool } };
}

describe('what was enrolled under an earlier secret', () => {
  it('proves, and exists once, after everything was sealed anew and that secret is gone', async () => {
    await using test = await openFirst();
    const app = await enrolledTotp(test);
    const phone = await secretPhone(test);
    await vouchedOtp(test);
    const operator = test.core.context({ kind: 'operator' });
    const configured = {
      key: 'totp',
      id: methodIdOf('totp'),
      title: 'App',
      config: { issuer: 'Bank of Ada' },
    };
    await test.core.method.configure(operator, configured);
    {
      await using during = await reopen(test, { active: next, previous: [test.secret] });
      expect(await reseal(during.service)).toEqual({ factors: 3, methods: 1, webhooks: 0, unopened: 0 });
      expect(await reseal(during.service)).toEqual({ factors: 0, methods: 0, webhooks: 0, unopened: 0 });
    }
    await using after = await reopen(test, next);
    expect(await proves(after, 'ada', 'totp', app.code)).toBe(true);
    expect(await proves(after, 'ada', 'otp', () => test.outbox.codeFor('ada@example.org'))).toBe(true);
    const { token } = await after.core.devices.authenticate(after.service, phone.said);
    expect(token).not.toBeNull();
    const { setup } = await after.core.factors.create(after.service, {
      subjectId: 'grace',
      methodId: 'totp',
    });
    expect((setup as { uri: string }).uri).toContain('issuer=Bank%20of%20Ada');
    await expect(secretPhone(after)).rejects.toMatchObject(refusal('device_exists'));
    await expect(vouchedOtp(after)).rejects.toMatchObject(refusal('factor_exists'));
    expect(await vouchedOtp(after, 'ada', 'second@example.org')).toMatchObject({ status: 'confirmed' });
    expect(after.lines).toEqual([]);
  });

  it('has an identity that follows from no secret', async () => {
    await using test = await openFirst();
    await secretPhone(test);
    const { rows } = await test.database.sql.query<{ identity: Buffer }>(
      'SELECT identity FROM countersign.factor',
    );
    const value = { scope: 'subject', value: 'phone-1' } as const;
    expect(rows[0]?.identity).toEqual(identityDigest('device', 'ada', value));
  });

  it('is sealed anew in the background by the process that sweeps, which says when it is done', async () => {
    await using test = await openFirst();
    const app = await enrolledTotp(test);
    {
      await using during = await reopen(test, { active: next, previous: [test.secret] }, { sweep: true });
      await vi.waitFor(
        () =>
          expect(during.lines).toContainEqual({
            fields: { factors: 1, methods: 0, webhooks: 0, unopened: 0 },
            message: 'what earlier secrets have sealed was sealed anew',
          }),
        { timeout: 3000 },
      );
    }
    await using after = await reopen(test, next, { sweep: true });
    expect(await proves(after, 'ada', 'totp', app.code)).toBe(true);
    expect(after.lines).toEqual([]);
  });

  it('is not in force when that secret was removed too early, which is logged, and stops nothing else', async () => {
    await using test = await openFirst();
    const lost = await enrolledTotp(test);
    await using second = await reopen(test, middle);
    const kept = await enrolledTotp(second, 'grace');
    await using during = await reopen(test, { active: next, previous: [middle] });
    expect(await reseal(during.service)).toEqual({ factors: 1, methods: 0, webhooks: 0, unopened: 1 });
    expect(during.lines).toMatchObject([
      { fields: { id: lost.factor.id }, message: 'what an earlier secret has sealed does not open' },
    ]);
    await using after = await reopen(test, next);
    expect(await proves(after, 'grace', 'totp', kept.code)).toBe(true);
    await expect(proves(after, 'ada', 'totp', lost.code)).rejects.toMatchObject(
      refusal('method_unavailable'),
    );
    expect(after.lines).toContainEqual({
      fields: { factor: lost.factor.id, cause: expect.any(Error) as Error },
      message: 'the configuration of a factor does not open',
    });
    // Nothing was lost by it: with its secret it is there again.
    await using again = await reopen(test, { active: next, previous: [test.secret] });
    expect(await proves(again, 'ada', 'totp', lost.code)).toBe(true);
  });
});

describe('sealing anew', () => {
  it('while twenty proofs run loses none of them', async () => {
    await using test = await openFirst();
    const people = Array.from({ length: 20 }, (_, index) => `person-${index}`);
    const apps = await Promise.all(people.map(async (person) => await enrolledTotp(test, person)));
    await using during = await reopen(test, { active: next, previous: [test.secret] });
    const [resealed, ...granted] = await Promise.all([
      reseal(during.service),
      ...people.map(async (person, index) => await proves(during, person, 'totp', apps[index]!.code)),
    ]);
    expect(resealed).toMatchObject({ unopened: 0 });
    expect(granted).toEqual(people.map(() => true));
    await using after = await reopen(test, next);
    for (const { id, subject_id: subjectId, config, version } of await storedOf(test)) {
      const opened = openConfig(after.service, { subjectId, factorId: id }, config!) as TotpConfig;
      expect([opened.lastStep, version]).toEqual([expect.any(Number), 2]);
    }
  });

  it('undoes nothing that a proof has used up since it was read, and seals that as well', async () => {
    await using test = await openFirst();
    const app = await enrolledTotp(test);
    await using during = await reopen(test, { active: next, previous: [test.secret] });
    let proven = false;
    const service = interrupted(during.service, async () => {
      if (proven) return;
      proven = true;
      // By a process that does not know of the new secret's turn yet: it seals under the old one.
      expect(await proves(test, 'ada', 'totp', app.code)).toBe(true);
    });
    expect(await reseal(service)).toEqual({ factors: 1, methods: 0, webhooks: 0, unopened: 0 });
    await using after = await reopen(test, next);
    const [row] = await storedOf(test);
    const place = { subjectId: 'ada', factorId: row!.id };
    expect(openConfig(after.service, place, row!.config!)).toMatchObject({
      lastStep: expect.any(Number) as number,
    });
    expect(row!.version).toBe(2);
  });

  it('by two processes at once seals each one once, page by page, and changes no version', async () => {
    await using test = await openFirst();
    const people = Array.from({ length: 130 }, (_, index) => `person-${index}`);
    await Promise.all(people.map(async (person) => await vouchedOtp(test, person)));
    const secret = { active: next, previous: [test.secret] };
    await using one = await reopen(test, secret);
    await using other = await reopen(test, secret);
    const done = await Promise.all([one, other].map(async ({ service }) => await reseal(service)));
    expect(done.reduce((sum, each) => sum + each!.factors, 0)).toBe(130);
    expect(new Set((await storedOf(test)).map(({ version }) => version))).toEqual(new Set([1]));
    const [first] = people;
    await using after = await reopen(test, next);
    const code = () => test.outbox.codeFor(`${first}@example.org`);
    expect(await proves(after, first!, 'otp', code)).toBe(true);
  });

  it('leaves what waits, whose confirmation is bound to it, and what was removed', async () => {
    await using test = await openFirst();
    const removed = await vouchedOtp(test);
    await test.core.factors.remove(test.service, { id: removed.id });
    const { factor, confirmation } = await test.core.factors.create(test.service, {
      subjectId: 'ada',
      methodId: 'otp',
      config: { channel: 'email', address: 'new@example.org' },
    });
    const before = await storedOf(test);
    await using during = await reopen(test, { active: next, previous: [test.secret] });
    expect(await reseal(during.service)).toEqual({ factors: 0, methods: 0, webhooks: 0, unopened: 0 });
    expect(await storedOf(test)).toEqual(before);
    const confirmed = await during.core.factors.confirm(during.service, {
      id: factor.id,
      confirmationId: confirmation?.id ?? '',
      data: { code: test.outbox.codeFor('new@example.org') },
    });
    expect(confirmed).toMatchObject({ status: 'confirmed' });
    const uuid = parseId('factor', removed.id);
    expect((await storedOf(test)).find(({ id }) => id === uuid)).toEqual(
      before.find(({ id }) => id === uuid),
    );
  });

  it('ends when its process ends', async () => {
    await using test = await openFirst();
    await enrolledTotp(test);
    await using during = await reopen(test, { active: next, previous: [test.secret] });
    const before = await storedOf(test);
    expect(await reseal(during.service, AbortSignal.abort())).toBeNull();
    expect(await storedOf(test)).toEqual(before);
  });
});
