import { createVirtualAuthenticator, createVirtualPhone } from '@countersign/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AmbiguousPrompt,
  ApprovalFailed,
  createTestCountersign,
  NoPromptWaits,
  requiredAuthorization,
  type ApprovalMethod,
  type TestCountersignWithApp,
  type TestSubject,
} from '../../testing/index.ts';
import { wrongCode } from '../support/transfer.ts';
import { openBank, operations, type BankRouter } from './bank.ts';

let test: TestCountersignWithApp<BankRouter>;
beforeAll(async () => {
  test = await createTestCountersign({ operations, app: openBank });
});
afterAll(() => test[Symbol.asyncDispose]());

let people = 0;
const somebody = (options = {}): TestSubject => {
  people += 1;
  return test.subject(`ada-${people}`, options);
};
const asked = (ada: TestSubject, reason: string) =>
  requiredAuthorization(test.caller(ada).bank.close({ reason }));

const enrolments: Readonly<Record<ApprovalMethod, (ada: TestSubject) => Promise<unknown>>> = {
  otp: async () => undefined,
  totp: (ada) => ada.enrolTotp(),
  passkey: (ada) => ada.enrolPasskey(),
  device: (ada) => ada.enrolPhone(),
  'recovery-code': (ada) => ada.enrolRecoveryCodes(),
};
const bindings: Readonly<Record<ApprovalMethod, string>> = {
  otp: 'server',
  totp: 'none',
  passkey: 'cryptographic',
  device: 'cryptographic',
  'recovery-code': 'none',
};
const methods = Object.keys(enrolments) as ApprovalMethod[];

describe.each(methods)('a person who approves by %s', (by) => {
  it('proves it, twice in the same minute, and the call goes through', async () => {
    const ada = somebody();
    await enrolments[by](ada);
    for (const reason of ['moved', 'no money']) {
      const { id } = await asked(ada, reason);
      const granted = await ada.approve(id, { by });
      expect(granted).toMatchObject({ id, state: 'granted', binding: bindings[by] });
      expect(await test.caller(ada).bank.close({ reason })).toEqual({ closed: true });
    }
  });

  it('does so by itself when it is the only way', async () => {
    const ada = somebody(by === 'otp' ? {} : { email: null });
    await enrolments[by](ada);
    expect(await ada.approve(await asked(ada, 'moved'))).toMatchObject({ binding: bindings[by] });
  });
});

it.each(methods.filter((by) => by !== 'otp'))('says what to do before %s can be used', async (by) => {
  const ada = somebody();
  const request = await asked(ada, 'moved');
  const failure = await ada.approve(request, { by }).catch((error: unknown) => error);
  expect(String(failure)).toMatch(/await ada\.enrol|no way to confirm this yet/);
});

it('has an authenticator that runs out of codes until its next step', async () => {
  const ada = somebody();
  await ada.enrolTotp();
  for (const reason of ['one', 'two']) await ada.approve(await asked(ada, reason), { by: 'totp' });
  const third = await asked(ada, 'three');
  await expect(ada.approve(third, { by: 'totp' })).rejects.toThrow(ApprovalFailed);
  test.clock.advance({ seconds: 30 });
  expect(await ada.approve(third, { by: 'totp' })).toMatchObject({ state: 'granted' });
});

describe('a phone', () => {
  it('shows the prompt without its digits, and grants with those of the screen', async () => {
    const ada = somebody({ email: null });
    const phone = await ada.enrolPhone();
    const request = await asked(ada, 'moved');
    const prompts = await phone.prompts();
    expect(prompts).toMatchObject([{ id: request.id, facts: request.facts, challenge: { digits: null } }]);
    expect(await phone.approve({ digits: request.challenge!.digits! })).toMatchObject({ granted: true });
    expect(await phone.prompts()).toEqual([]);
    expect(await test.caller(ada).bank.close({ reason: 'moved' })).toEqual({ closed: true });
  });

  it('is refused with other digits, which end the challenge', async () => {
    const ada = somebody({ email: null });
    const phone = await ada.enrolPhone();
    const { challenge } = await asked(ada, 'moved');
    expect(await phone.approve({ digits: wrongCode(challenge!.digits!) })).toMatchObject({ granted: false });
    await expect(phone.approve({ digits: challenge!.digits! })).rejects.toThrow(NoPromptWaits);
  });

  it('denies what its owner did not begin, and is believed', async () => {
    const ada = somebody({ email: null });
    const phone = await ada.enrolPhone();
    const { id } = await asked(ada, 'moved');
    expect(await phone.deny({ reason: 'not_me' })).toMatchObject({ id, state: 'denied', reason: 'not_me' });
  });

  it('asks which one is meant when two prompts wait, and takes the named one', async () => {
    const ada = somebody({ email: null });
    const phone = await ada.enrolPhone();
    const first = await asked(ada, 'moved');
    const second = await requiredAuthorization(test.caller(ada).bank.transfer({ to: 'B', amountCents: 1 }));
    const digits = first.challenge!.digits!;
    const failure = await phone.approve({ digits }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AmbiguousPrompt);
    expect((failure as AmbiguousPrompt).requests.map(({ id }) => id).toSorted()).toEqual(
      [first.id, second.id].toSorted(),
    );
    expect(await phone.approve({ digits, request: first })).toMatchObject({ granted: true });
    await expect(phone.deny({ request: first })).rejects.toThrow(`${first.id} does not wait`);
    expect(await phone.deny()).toMatchObject({ id: second.id, reason: 'declined' });
  });

  it('rings beside the other phone of its owner, and no more once that one has answered', async () => {
    const ada = somebody({ email: null });
    const [first, second] = [await ada.enrolPhone(), await ada.enrolPhone()];
    const { challenge } = await asked(ada, 'moved');
    for (const phone of [first, second]) expect(await phone.prompts()).toHaveLength(1);
    expect(await first.approve({ digits: challenge!.digits! })).toMatchObject({ granted: true });
    await expect(second.deny()).rejects.toThrow(NoPromptWaits);
  });

  it('shows nothing of another person, and of a request that went by mail', async () => {
    const [ada, grace] = [somebody({ email: null }), somebody()];
    await ada.enrolPhone();
    const phone = await grace.enrolPhone();
    await asked(ada, 'moved');
    const { id } = await asked(grace, 'moved');
    await grace.caller.authorizationRequest.challenge({ id, method: 'otp' });
    expect(await phone.prompts()).toEqual([]);
    await expect(phone.approve({ digits: '000' })).rejects.toThrow(NoPromptWaits);
    await expect(phone.deny({ request: id })).rejects.toThrow(NoPromptWaits);
  });

  it('is the same in every session of the person, who can carry its digits from each', async () => {
    const ada = somebody({ email: null });
    await ada.enrolPhone();
    const laptop = test.subject(ada.subjectId, { sessionId: 'laptop' });
    const request = await asked(laptop, 'moved');
    expect(await laptop.approve(request)).toMatchObject({ state: 'granted' });
  });
});

it('has virtual parts that speak to any server: a phone says who it is, an app shows the code of another time', async () => {
  const { service } = test;
  const phone = createVirtualPhone('phone-of-its-own');
  await service.device.register({ subjectId: 'vera', uuid: phone.uuid, publicKey: phone.publicKey });
  const said = { uuid: phone.uuid, subjectId: 'vera' };
  const { nonce } = await service.device.nonce(said);
  const signature = phone.authenticate({ subjectId: 'vera', nonce });
  expect(await service.device.authenticate({ ...said, nonce, signature })).toMatchObject({
    token: expect.stringMatching(/^cst1\./) as string,
  });
  const { factor, confirmation, setup } = await service.factor.create({
    subjectId: 'vera',
    methodId: 'totp',
  });
  const app = createVirtualAuthenticator(setup);
  const confirm = async (steps: number) => {
    const data = { code: app.code(test.clock.now(), steps) };
    return await service.factor.confirm({ id: factor.id, confirmationId: confirmation!.id, data });
  };
  expect(await confirm(2)).toMatchObject({ status: 'in_process' });
  expect(await confirm(0)).toMatchObject({ status: 'confirmed' });
});

describe('the inbox', () => {
  it('has what was sent, newest first, by address', async () => {
    const [ada, grace] = [somebody(), somebody()];
    const first = await asked(ada, 'moved');
    await asked(grace, 'moved');
    test.clock.advance({ minutes: 2 });
    const second = await asked(ada, 'married');
    const { code, text, about, channel } = await test.inbox.latest(ada.email!);
    expect({ about, channel }).toEqual({ about: second.id, channel: 'email' });
    expect(text).toContain(code);
    expect(await test.inbox.code(ada.email!)).toBe(code);
    expect(test.inbox.messages(ada.email!).map((message) => message.about)).toEqual([second.id, first.id]);
    expect(test.inbox.messages().length).toBeGreaterThanOrEqual(3);
    expect(test.inbox.messages(ada.email!)[0]!.createdAt).toEqual(test.clock.now());
  });

  it('waits for a message that is on its way, and says where others went when none comes', async () => {
    const ada = somebody();
    const waiting = test.inbox.code(ada.email!);
    const { id } = await asked(ada, 'moved');
    const { granted } = await ada.caller.authorizationRequest.grant({
      id,
      proof: { method: 'otp', code: await waiting },
    });
    expect(granted).toBe(true);
    await expect(test.inbox.latest('nobody@example.test')).rejects.toThrow(`Messages went to ${ada.email!}`);
  });
});

describe('a person', () => {
  it('without a mailbox has no one-time codes, and a stranger has none either', async () => {
    const ada = somebody({ email: null });
    await expect(asked(ada, 'moved')).rejects.toThrow('method_unavailable');
    const request = test.service.authorizationRequest.create({
      slug: 'transfer',
      subjectId: 'stranger',
      data: { to: 'A', amountCents: 1 },
    });
    await expect(request).rejects.toMatchObject({ cause: { reason: 'method_unavailable' } });
  });

  it('has a mailbox by their id, or the one that the test says', async () => {
    expect(test.subject('eve').email).toBe('eve@example.test');
    expect(test.subject('zoe@bank.example').email).toBe('zoe@bank.example');
    expect(test.subject('max', { email: 'max@bank.example' }).email).toBe('max@bank.example');
    expect(test.subject('max', { sessionId: 'other' }).email).toBe('max@bank.example');
    for (const id of ['a b', 'ünal', '..', `${'x'.repeat(200)}`]) {
      const odd = test.subject(id);
      const request = await asked(odd, 'moved');
      expect(await odd.approve(request, { by: 'otp' })).toMatchObject({ state: 'granted' });
    }
  });

  it('says no on the screen, where a report counts as a mere no', async () => {
    const ada = somebody();
    const { id } = await asked(ada, 'moved');
    expect(await ada.deny(id, { reason: 'not_me' })).toMatchObject({ state: 'denied', reason: 'declined' });
  });

  it('has no passkey from a page that may have none', async () => {
    const ada = somebody();
    await expect(ada.enrolPasskey({ origin: 'https://evil.test' })).rejects.toThrow('one of its origins');
    await expect(ada.approve(await asked(ada, 'moved'), { by: 'passkey' })).rejects.toMatchObject({
      cause: { reason: 'method_unavailable' },
    });
  });

  it('is told when a proof of theirs was not taken', async () => {
    const ada = somebody();
    const paper = await ada.enrolRecoveryCodes();
    const request = await asked(ada, 'moved');
    const code = paper.at(-1)!;
    expect(
      await ada.caller.authorizationRequest.grant({
        id: (await asked(ada, 'married')).id,
        proof: { method: 'recovery-code', code },
      }),
    ).toMatchObject({ granted: true });
    await expect(ada.approve(request, { by: 'recovery-code' })).rejects.toThrow(
      'The proof by recovery-code was not accepted; 4 attempts are left.',
    );
  });
});
