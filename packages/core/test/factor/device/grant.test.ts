import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import type { AuthorizationRequestView, CreateInput } from '../../../src/authorization-request/schema.ts';
import { decisionBytes } from '../../../src/method/methods/device/bytes.ts';
import { defineOperation } from '../../../src/operation/define.ts';
import { findViolations, type TestCore } from '../../../testing/index.ts';
import { refusal } from '../../fixtures.ts';
import type { TestKey } from '../../method/device/keys.ts';
import { keyedPhone, openDeviceCore, secretPhone } from './phone.ts';

const closeAccount = defineOperation({
  slug: 'close-account',
  data: z.null(),
  title: 'Close the account',
  binding: 'cryptographic',
  session: 'any',
});

const open = () => openDeviceCore({ operations: [closeAccount] });

async function ask(test: TestCore, changes: Partial<CreateInput> = {}): Promise<AuthorizationRequestView> {
  return await test.core.authorizationRequest.create(test.service, {
    slug: 'transfer',
    subjectId: 'ada',
    data: { to: 'GB29', amountCents: 250_000 },
    title: 'Transfer money',
    facts: [{ label: 'To', value: 'GB29' }],
    methods: ['device'],
    ...changes,
  });
}

const deviceOf = (test: TestCore, factorId: string, subjectId = 'ada') =>
  test.core.context({ kind: 'device', subjectId, factorId });

const digitsOf = (request: AuthorizationRequestView) => request.challenge?.digits ?? '';

function otherDigits(request: AuthorizationRequestView): string {
  const digits = digitsOf(request);
  return `${digits.startsWith('0') ? '1' : '0'}${digits.slice(1)}`;
}

/** A proof over what the device reads of a request. */
function signed(
  request: AuthorizationRequestView,
  key: TestKey,
  digits: string,
  decision: 'grant' | 'deny' = 'grant',
  uuid = 'phone-1',
) {
  const { id, dataHash, displayHash, challenge } = request;
  if (challenge === null) throw new Error('no device is asked');
  const { nonce } = challenge.options as { nonce: string };
  const { expiresAt } = challenge;
  const said = { dataHash, decision, device: uuid, digits, displayHash, expiresAt, nonce, request: id };
  return { method: 'device', uuid, signature: key.sign(decisionBytes(said)), decision, digits };
}

async function violations(test: TestCore) {
  return await findViolations(test.database.sql, { now: test.clock.now() });
}

describe('a device', () => {
  it('approves what it reads with the digits of the screen that asked, and its grant is bound to it', async () => {
    await using test = await open();
    const { device, key } = await keyedPhone(test);
    const created = await ask(test);
    expect(digitsOf(created)).toMatch(/^[0-9]{3}$/);
    const phone = deviceOf(test, device.id);
    const read = await test.core.authorizationRequest.get(phone, { id: created.id });
    expect(read.challenge).toMatchObject({ method: 'device', digits: null });
    test.clock.advance(5);
    const answer = await test.core.authorizationRequest.grant(phone, {
      id: created.id,
      proof: signed(read, key, digitsOf(created)),
    });
    expect(answer).toMatchObject({ granted: true, request: { state: 'granted', binding: 'cryptographic' } });
    const { id, slug, subjectId, data } = created;
    const consumed = await test.core.authorizationRequest.consume(test.service, {
      id,
      slug,
      subjectId,
      data,
    });
    expect(consumed).toMatchObject({ consumed: true });
    const { items } = await test.events(test.service, { types: ['authorization_request.granted'] });
    expect(items).toMatchObject([{ data: { method: 'device', factorId: device.id, by: 'device' } }]);
    expect(await test.core.devices.list(test.service, { subjectId })).toMatchObject([
      { lastUsedAt: test.clock.now() },
    ]);
    expect(await violations(test)).toEqual([]);
  });

  it('without a key approves by its secret and six digits, bound by the server alone', async () => {
    await using test = await open();
    const { device, said } = await secretPhone(test);
    const request = await ask(test);
    expect(digitsOf(request)).toMatch(/^[0-9]{6}$/);
    const proof = { method: 'device', uuid: said.uuid, secret: said.secret, digits: digitsOf(request) };
    const answer = await test.core.authorizationRequest.grant(deviceOf(test, device.id), {
      id: request.id,
      proof,
    });
    expect(answer).toMatchObject({ granted: true, request: { binding: 'server' } });
    expect(await violations(test)).toEqual([]);
  });

  it('ends its challenge by one wrong entry: the right digits come too late, and a new challenge has others', async () => {
    await using test = await open();
    const { device, key } = await keyedPhone(test);
    const request = await ask(test);
    const api = test.core.authorizationRequest;
    const phone = deviceOf(test, device.id);
    const grant = async (of: AuthorizationRequestView, digits: string) =>
      await api.grant(phone, { id: request.id, proof: signed(of, key, digits) });
    expect(await grant(request, otherDigits(request))).toMatchObject({ granted: false, attemptsLeft: 4 });
    expect((await api.get(phone, { id: request.id })).challenge).toBeNull();
    expect(await grant(request, digitsOf(request))).toMatchObject({ granted: false, attemptsLeft: 3 });
    const challenge = await api.challenge(test.service, { id: request.id });
    expect(challenge.options).not.toEqual(request.challenge?.options);
    const again = { ...request, challenge };
    expect(await grant(again, digitsOf(again))).toMatchObject({ granted: true });
    expect(await violations(test)).toEqual([]);
  });

  it('is not asked where only a stronger one will do, and its weaker proof is worth nothing there', async () => {
    await using test = await open();
    const secret = await secretPhone(test, { uuid: 'secret' });
    const asking = { slug: 'close-account', subjectId: 'ada', data: null };
    const api = test.core.authorizationRequest;
    await expect(api.create(test.service, asking)).rejects.toMatchObject(refusal('method_unavailable'));
    const { key } = await keyedPhone(test, { uuid: 'keyed' });
    const request = await api.create(test.service, asking);
    const { said } = secret;
    const digits = digitsOf(request).padStart(6, '0');
    const weak = { method: 'device', uuid: 'secret', secret: said.secret, digits };
    expect(await api.grant(test.service, { id: request.id, proof: weak })).toMatchObject({ granted: false });
    const challenge = await api.challenge(test.service, { id: request.id });
    const again = { ...request, challenge };
    const strong = signed(again, key, digitsOf(again), 'grant', 'keyed');
    expect(await api.grant(test.service, { id: request.id, proof: strong })).toMatchObject({ granted: true });
  });

  it('of another subject with the same name approves nothing, neither by key nor by token', async () => {
    await using test = await open();
    await keyedPhone(test);
    const bobs = await keyedPhone(test, { subjectId: 'bob' });
    const request = await ask(test);
    const api = test.core.authorizationRequest;
    const proof = signed(request, bobs.key, digitsOf(request));
    expect(await api.grant(test.service, { id: request.id, proof })).toMatchObject({ granted: false });
    await expect(
      api.grant(deviceOf(test, bobs.device.id, 'bob'), { id: request.id, proof }),
    ).rejects.toMatchObject(refusal('not_found'));
  });

  it('answers only what is asked of it where the request names another one', async () => {
    await using test = await open();
    const asked = await keyedPhone(test, { uuid: 'phone-1' });
    const other = await keyedPhone(test, { uuid: 'phone-2' });
    const request = await ask(test, { factorIds: [asked.device.id] });
    const api = test.core.authorizationRequest;
    const foreign = signed(request, other.key, digitsOf(request), 'grant', 'phone-2');
    expect(await api.grant(test.service, { id: request.id, proof: foreign })).toMatchObject({
      granted: false,
    });
    const challenge = await api.challenge(test.service, { id: request.id });
    const again = { ...request, challenge };
    const proof = signed(again, asked.key, digitsOf(again));
    expect(await api.grant(test.service, { id: request.id, proof })).toMatchObject({ granted: true });
  });

  it('presents no proof but its own', async () => {
    await using test = await open();
    const one = await keyedPhone(test, { uuid: 'phone-1' });
    const other = await keyedPhone(test, { uuid: 'phone-2' });
    const request = await ask(test);
    const proof = signed(request, one.key, digitsOf(request));
    const granting = test.core.authorizationRequest.grant(deviceOf(test, other.device.id), {
      id: request.id,
      proof,
    });
    await expect(granting).rejects.toMatchObject(refusal('forbidden'));
    expect((await test.core.authorizationRequest.get(test.service, { id: request.id })).state).toBe(
      'waiting',
    );
  });

  it('that is revoked approves nothing more, and what it has approved is not executed', async () => {
    await using test = await open();
    const { device, key } = await keyedPhone(test);
    const other = await keyedPhone(test, { uuid: 'phone-2' });
    const api = test.core.authorizationRequest;
    const granted = await ask(test);
    await api.grant(test.service, { id: granted.id, proof: signed(granted, key, digitsOf(granted)) });
    const waiting = await ask(test, { slug: 'other' });
    await test.core.devices.revoke(test.service, { id: device.id });
    const late = signed(waiting, key, digitsOf(waiting));
    expect(await api.grant(test.service, { id: waiting.id, proof: late })).toMatchObject({ granted: false });
    const { id, slug, subjectId, data } = granted;
    await expect(api.consume(test.service, { id, slug, subjectId, data })).rejects.toMatchObject(
      refusal('execution_window_passed'),
    );
    const challenge = await api.challenge(test.service, { id: waiting.id });
    const again = { ...waiting, challenge };
    const proof = signed(again, other.key, digitsOf(again), 'grant', 'phone-2');
    expect(await api.grant(test.service, { id: waiting.id, proof })).toMatchObject({ granted: true });
    expect(await violations(test)).toEqual([]);
  });

  it('approves before it is revoked or not at all, in races of the two', async () => {
    await using test = await openDeviceCore({ limits: { waitingPerSubjectMax: 100 } });
    const api = test.core.authorizationRequest;
    const outcomes = { granted: 0, refused: 0 };
    for (let turn = 0; turn < 40; turn += 1) {
      const subjectId = `subject-${turn}`;
      const { device, key } = await keyedPhone(test, { subjectId });
      const request = await ask(test, { subjectId });
      const proof = signed(request, key, digitsOf(request));
      const [answer] = await Promise.all([
        api.grant(test.service, { id: request.id, proof }),
        new Promise((resolve) => setTimeout(resolve, turn % 5)).then(() =>
          test.core.devices.revoke(test.service, { id: device.id }),
        ),
      ]);
      outcomes[answer.granted ? 'granted' : 'refused'] += 1;
      const { id, slug, data } = request;
      const consuming = api.consume(test.service, { id, slug, subjectId, data });
      const reason = answer.granted ? 'execution_window_passed' : 'not_granted';
      await expect(consuming).rejects.toMatchObject(refusal(reason));
    }
    expect(outcomes.granted).toBeGreaterThan(0);
    expect(await violations(test)).toEqual([]);
  });
});

describe('a refusal by a device', () => {
  const denied = async (test: TestCore) =>
    (await test.events(test.service, { types: ['abuse.reported'] })).items;

  it('that says “not me” with its signature counts: it is reported, and nobody is prompted for a while', async () => {
    await using test = await open();
    const { device, key } = await keyedPhone(test);
    const request = await ask(test, { sessionId: 's1' });
    const phone = deviceOf(test, device.id);
    const proof = signed(request, key, '', 'deny');
    const answer = await test.core.authorizationRequest.deny(phone, {
      id: request.id,
      reason: 'not_me',
      proof,
    });
    expect(answer).toMatchObject({ state: 'denied', reason: 'not_me' });
    expect(await denied(test)).toMatchObject([{ data: { requestId: request.id, factorId: device.id } }]);
    await expect(ask(test, { slug: 'other' })).rejects.toMatchObject(refusal('rate_limited'));
    test.clock.advance(20 * 60 + 1);
    await ask(test, { slug: 'other' });
    expect(await violations(test)).toEqual([]);
  });

  it('is recorded as declined where nobody has signed that', async () => {
    await using test = await open();
    const { device, key } = await keyedPhone(test);
    const secret = await secretPhone(test, { uuid: 'secret' });
    const phone = deviceOf(test, device.id);
    const proofs = [
      () => undefined,
      (request: AuthorizationRequestView) => signed(request, key, digitsOf(request), 'grant'),
      (request: AuthorizationRequestView) => ({
        ...signed(request, key, digitsOf(request), 'grant'),
        decision: 'deny',
      }),
      (request: AuthorizationRequestView) => signed({ ...request, id: 'areq_other' }, key, '', 'deny'),
      () => ({ method: 'device', uuid: 'secret', secret: secret.said.secret, digits: '000000' }),
    ];
    for (const [n, proofOf] of proofs.entries()) {
      const request = await ask(test, { slug: `operation-${n}` });
      const proof = proofOf(request);
      const answer = await test.core.authorizationRequest.deny(phone, {
        id: request.id,
        reason: 'not_me',
        ...(proof && { proof }),
      });
      expect(answer).toMatchObject({ state: 'denied', reason: 'declined' });
    }
    expect(await denied(test)).toEqual([]);
  });

  it('is no approval, though its signature is right', async () => {
    await using test = await open();
    const { key } = await keyedPhone(test);
    const request = await ask(test);
    const refusing = signed(request, key, digitsOf(request), 'deny');
    const { grant } = test.core.authorizationRequest;
    for (const proof of [refusing, { ...refusing, decision: 'grant' }])
      expect(await grant(test.service, { id: request.id, proof })).toMatchObject({ granted: false });
  });
});
