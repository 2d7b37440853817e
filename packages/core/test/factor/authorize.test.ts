import { expect, it } from 'vitest';
import { dataHash } from '../../src/operation/canonical.ts';
import type { CoreContext, PresentedToken } from '../../src/context.ts';
import type { Method } from '../../src/method/define.ts';
import { dummy } from '../../src/method/methods/dummy.ts';
import { otp } from '../../src/method/methods/otp.ts';
import { recoveryCodes } from '../../src/method/methods/recovery-code.ts';
import type { AcceptedToken } from '../../src/scoped-token/cst1/accepted-token.ts';
import type { EffectiveScope } from '../../src/scoped-token/scope/scope.ts';
import { createOutbox, findViolations, type TestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';
import {
  ada,
  authorized,
  enrolledSignet,
  enrolledTotp,
  grantByCode,
  openFactorCore,
  refusedRequest,
  signature,
  vouchedOtp,
} from './people.ts';

it('a subject changes its factors only by a grant for exactly that change, which is used up by it', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  const create = () => test.core.factors.create(ada(test), { methodId: 'totp', title: 'Phone' });
  const request = await refusedRequest(create());
  expect(request).toMatchObject({
    slug: 'countersign.factor.create',
    state: 'waiting',
    subjectId: 'ada',
    sessionId: 'session-1',
    title: 'Add a way to confirm',
    facts: [
      { label: 'Method', value: 'Authenticator app' },
      { label: 'Title', value: 'Phone' },
    ],
    data: { methodId: 'totp', title: 'Phone' },
    dataHash: dataHash('countersign.factor.create', { methodId: 'totp', title: 'Phone' }),
    methods: ['otp'],
  });
  expect(await refusedRequest(create())).toMatchObject({ id: request.id });
  expect(await test.core.factors.list(ada(test))).toHaveLength(1);
  await grantByCode(test, ada(test), request);
  const { factor } = await create();
  expect(factor).toMatchObject({ method: 'totp', title: 'Phone', status: 'in_process' });
  expect(await test.core.authorizationRequest.get(ada(test), { id: request.id })).toMatchObject({
    consumedAt: test.clock.now(),
  });
  expect(await refusedRequest(create())).not.toMatchObject({ id: request.id });
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});

it('other data, another session and another subject need another grant', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  const { factor } = await enrolledTotp(test);
  const update = (title: string, session = 'session-1') =>
    test.core.factors.update(test.subject('ada', session), { id: factor.id, title });
  const request = await refusedRequest(update('Phone'));
  await grantByCode(test, ada(test), request);
  const other = await refusedRequest(update('Other'));
  expect(other.id).not.toBe(request.id);
  expect((await refusedRequest(update('Phone', 'session-2'))).id).not.toBe(request.id);
  await expect(
    test.core.factors.update(test.subject('grace', 'session-1'), { id: factor.id, title: 'Phone' }),
  ).rejects.toMatchObject(refusal('not_found'));
  await expect(update('Phone')).resolves.toMatchObject({ factor: { title: 'Phone' } });
});

it('without a session a subject manages nothing: no session never equals a session', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  await expect(test.core.factors.create(test.subject('ada'), { methodId: 'totp' })).rejects.toMatchObject(
    refusal('forbidden'),
  );
});

it('a grant that has expired, or was denied, changes nothing', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  const { factor } = await enrolledTotp(test);
  const remove = () => test.core.factors.remove(ada(test), { id: factor.id });
  const request = await refusedRequest(remove());
  await grantByCode(test, ada(test), request);
  test.clock.advance(301);
  const again = await refusedRequest(remove());
  expect(again.id).not.toBe(request.id);
  await test.core.authorizationRequest.deny(ada(test), { id: again.id });
  await expect(remove()).rejects.toMatchObject(refusal('rate_limited'));
  expect(await test.core.factors.list(ada(test))).toHaveLength(2);
});

it('consumes a grant once under 200 parallel repeats, and makes one change', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  const create = () => test.core.factors.create(ada(test), { methodId: 'totp' });
  const request = await refusedRequest(create());
  await grantByCode(test, ada(test), request);
  const calls = await Promise.allSettled(Array.from({ length: 200 }, create));
  expect(calls.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await test.core.factors.list(ada(test))).toHaveLength(2);
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});

it('200 parallel first calls leave one request and send one code', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  const create = () => test.core.factors.create(ada(test), { methodId: 'totp' });
  const requests = await Promise.all(Array.from({ length: 200 }, () => refusedRequest(create())));
  expect(new Set(requests.map(({ id }) => id)).size).toBe(1);
  expect(test.outbox.messages).toHaveLength(1);
});

it('a change that fails leaves its grant unused', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  const config = { channel: 'email', address: 'second@example.org' } as const;
  const create = () => test.core.factors.create(ada(test), { methodId: 'otp', config });
  const request = await refusedRequest(create());
  await grantByCode(test, ada(test), request);
  await test.database.sql.query(
    `ALTER TABLE countersign.factor ADD CONSTRAINT broken CHECK (status <> 'in_process') NOT VALID`,
  );
  await expect(create()).rejects.toThrow('broken');
  await test.database.sql.query('ALTER TABLE countersign.factor DROP CONSTRAINT broken');
  await expect(create()).resolves.toMatchObject({ factor: { status: 'in_process' } });
});

it('with an idempotency key the refusal is not stored, and the change is answered again without its secret', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  const create = () => test.core.factors.create(ada(test), { methodId: 'totp', idempotencyKey: 'k1' });
  const request = await refusedRequest(create());
  expect(request.data).toEqual({ methodId: 'totp' });
  expect(await refusedRequest(create())).toMatchObject({ id: request.id });
  await grantByCode(test, ada(test), request);
  const first = await create();
  expect(first.setup).toHaveProperty('secret');
  expect(await create()).toEqual({ ...first, setup: null });
  expect(await test.core.factors.list(ada(test))).toHaveLength(2);
});

it('with an idempotency key 200 parallel repeats make one change and get one answer', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  const create = () => test.core.factors.create(ada(test), { methodId: 'totp', idempotencyKey: 'k1' });
  await grantByCode(test, ada(test), await refusedRequest(create()));
  const answers = await Promise.all(Array.from({ length: 200 }, create));
  expect(new Set(answers.map(({ factor }) => factor.id)).size).toBe(1);
  expect(answers.filter(({ setup }) => setup !== null)).toHaveLength(1);
});

it('a factor is added, changed and removed by a proof at least as strong as it is (bug 18)', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  await enrolledTotp(test);
  const strong = await enrolledSignet(test);
  const remove = () => test.core.factors.remove(ada(test), { id: strong.factor.id });
  const request = await refusedRequest(remove());
  expect(request).toMatchObject({ methods: ['signet'], requiredBinding: 'cryptographic' });
  const { id } = request;
  await expect(
    test.core.authorizationRequest.challenge(ada(test), { id, method: 'otp' }),
  ).rejects.toMatchObject(refusal('method_unavailable'));
  const added = await refusedRequest(
    test.core.factors.create(ada(test), { methodId: 'signet', config: { key: 'of an attacker' } }),
  );
  expect(added).toMatchObject({ methods: ['signet'], requiredBinding: 'cryptographic' });
  const { granted } = await test.core.authorizationRequest.grant(ada(test), {
    id,
    proof: strong.sign(request),
  });
  expect(granted).toBe(true);
  await expect(remove()).resolves.toEqual({ removed: true });
});

it('where nothing so strong is in force, the strongest that is adds a stronger one', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  await enrolledTotp(test);
  const request = await refusedRequest(
    test.core.factors.create(ada(test), { methodId: 'signet', config: { key: 'k' } }),
  );
  expect(request).toMatchObject({ methods: ['otp'], requiredBinding: 'server' });
});

it('a grant for too weak a proof does not remove a factor that has become strong meanwhile', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  const { factor, confirmation } = await test.core.factors.create(test.service, {
    subjectId: 'ada',
    methodId: 'signet',
    config: { key: 'k' },
  });
  const remove = () => test.core.factors.remove(ada(test), { id: factor.id });
  await grantByCode(test, ada(test), await refusedRequest(remove()));
  await test.core.factors.confirm(test.service, {
    id: factor.id,
    confirmationId: confirmation!.id,
    data: { signature: signature('k', 'enrol') },
  });
  expect(await refusedRequest(remove())).toMatchObject({ methods: ['signet'], state: 'waiting' });
  expect(await test.core.factors.list(ada(test))).toHaveLength(2);
});

it('a recovery code authorizes a change of factors without being listed by anybody', async () => {
  await using test = await openFactorCore();
  await enrolledTotp(test);
  const { setup } = await test.core.factors.create(test.service, {
    subjectId: 'ada',
    methodId: 'recovery-code',
  });
  const { codes } = setup as { codes: string[] };
  const remove = () => test.core.factors.create(ada(test), { methodId: 'totp' });
  const request = await refusedRequest(remove());
  expect(request.methods).toEqual(expect.arrayContaining(['totp', 'recovery-code']));
  const proof = { method: 'recovery-code', code: codes[0] };
  await test.core.authorizationRequest.grant(ada(test), { id: request.id, proof });
  await expect(remove()).resolves.toMatchObject({ factor: { method: 'totp' } });
});

it('what a host says of a subject proves no change of its factors', async () => {
  await using test = await openFactorCore();
  await enrolledTotp(test);
  const request = await refusedRequest(test.core.factors.create(ada(test), { methodId: 'recovery-code' }));
  expect(request.methods).toEqual(['totp']);
});

/** As a server hands it over: this token, issued by the service. */
function presenting(test: TestCore, scope: EffectiveScope, cid?: string) {
  const accepted = {
    id: 'cst_1',
    scope,
    claims: { iat: Math.floor(test.clock.now().getTime() / 1000) },
    blocks: cid === undefined ? [] : [{ cid }],
  } as unknown as AcceptedToken;
  const presented: PresentedToken = { text: 'never read here', accepted };
  return test.core.context({ kind: 'subject', subjectId: 'ada', sessionId: 'session-1' }, presented);
}

it('a first factor needs the service, or a token of the service that names the procedure exactly', async () => {
  await using test = await openFactorCore();
  const create = (context = ada(test)) => test.core.factors.create(context, { methodId: 'totp' });
  const exact = { rpc: { m: ['factor.create'] } };
  for (const context of [
    ada(test),
    presenting(test, { rpc: { m: ['factor.*'] } }),
    presenting(test, { rpc: { m: ['**'] } }),
    presenting(test, { rpc: { q: ['factor.create'], m: ['device.register'] } }),
    presenting(test, [exact, { rpc: { m: ['factor.*'] } }]),
    presenting(test, exact, 'a delegate'),
  ])
    await expect(create(context)).rejects.toMatchObject(refusal('forbidden'));
  const { factor } = await create(presenting(test, exact));
  expect(factor).toMatchObject({ status: 'in_process' });
  await expect(test.core.factors.remove(presenting(test, exact), { id: factor.id })).rejects.toMatchObject(
    refusal('forbidden'),
  );
});

it('the same token adds no second factor without a grant, also while the first is switched off', async () => {
  await using test = await openFactorCore();
  const first = await vouchedOtp(test);
  const create = () =>
    test.core.factors.create(presenting(test, { rpc: { m: ['factor.create'] } }), { methodId: 'totp' });
  await refusedRequest(create());
  await test.core.factors.update(test.service, { id: first.id, isActive: false });
  await expect(create()).rejects.toMatchObject(refusal('method_unavailable'));
});

it('a link that has enrolled a first factor enrols no second first one after that was removed', async () => {
  await using test = await openFactorCore();
  const exact = { rpc: { m: ['factor.create'] } };
  const create = (context: CoreContext, address: string) =>
    test.core.factors.create(context, { methodId: 'otp', config: { channel: 'email', address } });
  const link = presenting(test, exact);
  const { factor, confirmation } = await create(link, 'ada@example.org');
  await test.core.factors.confirm(link, {
    id: factor.id,
    confirmationId: confirmation!.id,
    data: { code: test.outbox.codeFor('ada@example.org') },
  });
  // The person loses the mailbox, and the bank takes it away; whoever has seen the link still holds it.
  test.clock.advance(60);
  const beforehand = presenting(test, exact);
  await test.core.factors.remove(test.service, { id: factor.id });
  for (const old of [link, beforehand, presenting(test, exact)])
    await expect(create(old, 'mallory@evil.example')).rejects.toMatchObject(refusal('forbidden'));
  test.clock.advance(1);
  await expect(create(presenting(test, exact), 'ada@new.example')).resolves.toMatchObject({
    factor: { status: 'in_process' },
  });
});

it('an enrolment that came to nothing leaves the link as good as it was', async () => {
  await using test = await openFactorCore();
  const link = presenting(test, { rpc: { m: ['factor.create'] } });
  const create = () => test.core.factors.create(link, { methodId: 'totp' });
  const { factor } = await create();
  await test.core.factors.remove(test.service, { id: factor.id });
  await expect(create()).resolves.toMatchObject({ factor: { status: 'in_process' } });
});

it('a change that nobody has authorized costs no work of the method', async () => {
  let begun = 0;
  const codes = recoveryCodes();
  const counted: Method = {
    ...codes,
    enrolment: codes.enrolment && {
      ...codes.enrolment,
      begin: (input) => {
        begun += 1;
        return codes.enrolment!.begin(input);
      },
    },
  };
  const outbox = createOutbox();
  const core = await openFactorCore({ methods: [otp({ send: outbox.send }), counted] });
  await using test = Object.assign(core, { outbox });
  const evil = test.subject('ada', 'stolen-session');
  const create = () => test.core.factors.create(evil, { methodId: 'recovery-code' });
  await expect(create()).rejects.toMatchObject(refusal('forbidden'));
  expect(begun).toBe(0);
  await vouchedOtp(test);
  const request = await refusedRequest(create());
  for (let turn = 0; turn < 5; turn += 1) expect(await refusedRequest(create())).toEqual(request);
  expect(begun).toBe(1);
  await grantByCode(test, evil, request);
  const { factor } = await create();
  expect(begun).toBe(2);
  const renew = () => test.core.factors.update(evil, { id: factor.id, config: {} });
  for (let turn = 0; turn < 5; turn += 1) await refusedRequest(renew());
  expect(begun).toBe(3);
});

it('a method that is listed by name alone authorizes no change of factors, and no subject takes it up', async () => {
  const outbox = createOutbox();
  const core = await openFactorCore({ methods: [otp({ send: outbox.send }), dummy()] });
  await using test = Object.assign(core, { outbox });
  const config = { channel: 'email', address: 'new@example.org' };
  const add = () => test.core.factors.create(ada(test), { methodId: 'otp', config });
  await vouchedOtp(test);
  await expect(test.core.factors.create(ada(test), { methodId: 'dummy' })).rejects.toMatchObject(
    refusal('method_unavailable'),
  );
  const vouched = { subjectId: 'ada', methodId: 'dummy', confirmed: true };
  await expect(test.core.factors.create(test.service, vouched)).resolves.toMatchObject({
    factor: { status: 'confirmed' },
  });
  expect(await refusedRequest(add())).toMatchObject({ methods: ['otp'] });
  await test.core.factors.create(test.service, { ...vouched, subjectId: 'grace' });
  await expect(
    test.core.factors.create(test.subject('grace', 'session-1'), { methodId: 'otp', config }),
  ).rejects.toMatchObject(refusal('method_unavailable'));
});

it('the person reads the whole address that is added or changed, and everybody else a hint', async () => {
  await using test = await openFactorCore();
  const { id } = await vouchedOtp(test);
  const config = { channel: 'email', address: 'mallory@Evil.example' };
  const added = await refusedRequest(test.core.factors.create(ada(test), { methodId: 'otp', config }));
  expect(added.facts).toContainEqual({ label: 'Address', value: 'mallory@evil.example' });
  const changed = await refusedRequest(test.core.factors.update(ada(test), { id, config }));
  expect(changed.facts).toEqual([
    { label: 'Method', value: 'One-time code' },
    { label: 'Address', value: 'a•••@example.org' },
    { label: 'New address', value: 'mallory@evil.example' },
  ]);
});

it('what else was begun before the first factor was confirmed is over with it (bug 20)', async () => {
  await using test = await openFactorCore();
  const token = presenting(test, { rpc: { m: ['factor.create'] } });
  const begin = (address: string) =>
    test.core.factors.create(token, { methodId: 'otp', config: { channel: 'email', address } });
  const [own, attacker] = [await begin('ada@example.org'), await begin('mallory@example.org')];
  const { factor: vouched, confirmation } = await test.core.factors.create(test.service, {
    subjectId: 'ada',
    methodId: 'signet',
    config: { key: 'k' },
  });
  const confirm = ({ factor, confirmation: given }: typeof own, address: string) =>
    test.core.factors.confirm(ada(test), {
      id: factor.id,
      confirmationId: given!.id,
      data: { code: test.outbox.codeFor(address) },
    });
  await confirm(own, 'ada@example.org');
  await expect(confirm(attacker, 'mallory@example.org')).rejects.toMatchObject(refusal('not_found'));
  await test.core.factors.confirm(test.service, {
    id: vouched.id,
    confirmationId: confirmation!.id,
    data: { signature: signature('k', 'enrol') },
  });
  expect(await test.core.factors.list(ada(test))).toHaveLength(2);
});

it('a subject has at most 20 factors', async () => {
  await using test = await openFactorCore();
  const create = () => test.core.factors.create(test.service, { subjectId: 'ada', methodId: 'totp' });
  const calls = await Promise.allSettled(Array.from({ length: 30 }, create));
  expect(calls.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  expect(calls.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: refusal('rate_limited'),
  });
});

it('a service’s change passes without a grant, whatever the subject has', async () => {
  await using test = await openFactorCore();
  const factor = await vouchedOtp(test);
  await enrolledSignet(test);
  await test.core.factors.update(test.service, { id: factor.id, title: 'x' });
  await authorized(test, ada(test), () => test.core.factors.update(ada(test), { id: factor.id, title: 'y' }));
  expect((await test.core.factors.list(ada(test)))[0]).toMatchObject({ title: 'y' });
});
