import { describe, expect, it } from 'vitest';
import type { Passkey } from '../../../src/method/methods/passkey/stored.ts';
import type { PasskeyChanges } from '../../../testing/virtual-passkey.ts';
import {
  ask,
  assertOnce,
  begin,
  complete,
  device,
  enrol,
  judge,
  method,
  origin,
  request,
  rpId,
  wrong,
  type Enrolled,
} from './ceremony.ts';

describe('a challenge for a passkey', () => {
  it('asks for the one passkey that is meant, with its user verified', async () => {
    const { factor, phone } = await enrol();
    const { options } = await ask(factor);
    expect(options).toEqual({
      rpId,
      challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      allowCredentials: [{ id: phone.credentialId, type: 'public-key', transports: ['hybrid', 'internal'] }],
      userVerification: 'required',
      timeout: 120_000,
    });
  });

  it('asks for any of the passkeys that may answer', async () => {
    const first = await enrol();
    const second = await enrol({}, { factors: [first.factor] });
    const { options } = await ask(null, [first.factor, second.factor]);
    expect(options.allowCredentials.map(({ id }) => id)).toEqual([
      first.phone.credentialId,
      second.phone.credentialId,
    ]);
  });

  it('never asks for any passkey there is: without a usable one there is no challenge', async () => {
    const { factor } = await enrol();
    const elsewhere = { ...factor, config: { ...factor.config, rpId: 'example.com' } };
    await expect(ask(null, [])).rejects.toMatchObject({ reason: 'method_unavailable' });
    await expect(ask(elsewhere)).rejects.toMatchObject({ reason: 'method_unavailable' });
  });

  it('tells nothing of its nonce to who asks', async () => {
    const { factor } = await enrol();
    const { options, state } = await ask(factor);
    expect(JSON.stringify(options)).not.toContain(state.nonce);
  });
});

describe('a proof by passkey', () => {
  it.each(['ES256', 'EdDSA', 'RS256'] as const)('is right when a key of %s has signed', async (algorithm) => {
    expect(await assertOnce(await enrol({ algorithm }))).toEqual({ valid: true });
  });

  it('says by which credential it was made', async () => {
    const { factor, phone } = await enrol();
    const { options } = await ask(factor);
    const proof = { method: 'passkey', response: phone.authenticate(options) };
    expect(method.identify?.(proof)).toEqual({ scope: 'installation', value: phone.credentialId });
  });

  const accepted: [string, PasskeyChanges][] = [
    ['no user handle', { userHandle: null }],
    ['authenticator extensions', { extensions: { hmac: true } }],
    ['client data with members of a later standard', { clientData: { later: { than: 'level 3' } } }],
    ['client data without crossOrigin, as of level 1', { clientData: { crossOrigin: undefined } }],
    ['the other origin', { clientData: { origin: 'https://example.org' } }],
  ];
  it.each(accepted)('is right with %s', async (_, changes) => {
    expect(await assertOnce(await enrol(), changes)).toEqual({ valid: true });
  });

  const other = device();
  /** Each differs from a right proof in one thing (WebAuthn §7.2). */
  const refused: [string, PasskeyChanges][] = [
    ['a registration as assertion', { clientData: { type: 'webauthn.create' } }],
    ['a payment as assertion', { clientData: { type: 'payment.get' } }],
    ['no type', { clientData: { type: undefined } }],
    ['another challenge', { clientData: { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' } }],
    ['an empty challenge', { clientData: { challenge: '' } }],
    ['no challenge', { clientData: { challenge: undefined } }],
    ['an origin of somebody else', { clientData: { origin: 'https://example.com' } }],
    ['an origin below ours that was not named', { clientData: { origin: 'https://other.example.org' } }],
    ['an origin that only begins alike', { clientData: { origin: `${origin}.evil.example` } }],
    ['our origin without https', { clientData: { origin: 'http://app.example.org' } }],
    ['our origin on another port', { clientData: { origin: 'https://app.example.org:8443' } }],
    ['an app for an origin', { clientData: { origin: 'android:apk-key-hash:AAAA' } }],
    ['a frame on another page', { clientData: { crossOrigin: true } }],
    [
      'a frame on another page that is named',
      { clientData: { crossOrigin: true, topOrigin: 'https://evil.example' } },
    ],
    ['a page around it that is named', { clientData: { topOrigin: origin } }],
    ['a crossOrigin that is no boolean', { clientData: { crossOrigin: 'false' } }],
    ['an unknown token binding', { clientData: { tokenBinding: { status: 'sometimes' } } }],
    ['another relying party', { rpId: 'example.com' }],
    ['a subdomain as relying party', { rpId: 'app.example.org' }],
    ['no user present', { flags: { userPresent: false } }],
    ['no user verified', { flags: { userVerified: false } }],
    ['a backup of what cannot be backed up', { flags: { backupEligible: false } }],
    ['a passkey that can no longer be synced', { flags: { backupEligible: false, backedUp: false } }],
    ['attested credential data that is not there', { flags: { attested: true } }],
    ['extensions that are not there', { flags: { extended: true } }],
    ['extensions without their flag', { extensions: { hmac: true }, flags: { extended: false } }],
    ['authenticator data that is cut off', { authenticatorData: (bytes) => bytes.subarray(0, 36) }],
    ['a byte too many', { authenticatorData: (bytes) => Buffer.concat([bytes, Buffer.of(0)]) }],
    ['one bit of the signature turned', { signature: (bytes) => turned(bytes, bytes.length - 1) }],
    ['a signature that is cut off', { signature: (bytes) => bytes.subarray(0, -1) }],
    ['a signature of zeros', { signature: (bytes) => Buffer.alloc(bytes.length) }],
    ['a signature by another key', { signature: (_, data) => other.sign(data) }],
    ['the user handle of another subject', { userHandle: 'c29tZWJvZHkgZWxzZQ' }],
  ];
  it.each(refused)('is wrong with %s', async (_, changes) => {
    expect(await assertOnce(await enrol(), changes)).toEqual(wrong);
  });

  it('is wrong when data or client data are exchanged after the signature', async () => {
    const { factor, phone } = await enrol();
    const asked = await ask(factor);
    const right = phone.authenticate(asked.options);
    const later = phone.authenticate(asked.options, { counter: 1 });
    const elsewhere = phone.authenticate(asked.options, { clientData: { later: true } });
    const exchange = (response: object) => ({ ...right, response: { ...right.response, ...response } });
    expect(await judge(asked, factor, right)).toEqual({ valid: true });
    const { authenticatorData } = later.response;
    expect(await judge(asked, factor, exchange({ authenticatorData }))).toEqual(wrong);
    const { clientDataJSON } = elsewhere.response;
    expect(await judge(asked, factor, exchange({ clientDataJSON }))).toEqual(wrong);
  });

  it('is wrong when id and rawId differ, whichever of them is right', async () => {
    const { factor, phone } = await enrol();
    const asked = await ask(factor);
    const right = phone.authenticate(asked.options);
    expect(await judge(asked, factor, { ...right, id: other.credentialId })).toEqual(wrong);
    expect(await judge(asked, factor, { ...right, rawId: other.credentialId })).toEqual(wrong);
    expect(
      await judge(asked, factor, { ...right, id: other.credentialId, rawId: other.credentialId }),
    ).toEqual(wrong);
  });

  it('is wrong under another spelling of the same id', async () => {
    const { factor, phone } = await enrol();
    const asked = await ask(factor);
    const right = phone.authenticate(asked.options);
    const respelled = respell(right.id);
    expect(Buffer.from(respelled, 'base64url')).toEqual(Buffer.from(right.id, 'base64url'));
    expect(await judge(asked, factor, { ...right, id: respelled, rawId: respelled })).toEqual(wrong);
  });

  it('is wrong for another passkey of the same subject than the one that answered', async () => {
    const first = await enrol();
    const second = await enrol({}, { factors: [first.factor] });
    const asked = await ask(null, [first.factor, second.factor]);
    const answer = first.phone.authenticate(asked.options);
    expect(await judge(asked, second.factor, answer)).toEqual(wrong);
    expect(await judge(asked, first.factor, answer)).toEqual({ valid: true });
  });

  it('is wrong for the passkey of another subject, even under its id', async () => {
    const ada = await enrol();
    const eve = await enrol({}, { subjectId: 'eve' });
    const asked = await ask(ada.factor);
    const answer = eve.phone.authenticate({ ...asked.options, allowCredentials: [] });
    expect(await judge(asked, ada.factor, answer)).toEqual(wrong);
    const { credentialId: id } = ada.phone;
    expect(await judge(asked, ada.factor, { ...answer, id, rawId: id })).toEqual(wrong);
  });

  it('is never the registration of the same passkey', async () => {
    const { pending, options } = await begin();
    const phone = device();
    const registration = phone.register(options, { attestation: 'self' });
    const completed = await complete(pending, registration);
    if (!completed.valid) throw new Error('an honest registration is right');
    const enrolled: Enrolled = {
      phone,
      factor: { id: 'fact_1', subjectId: 'ada', config: completed.config as Passkey },
    };
    const asked = await ask(enrolled.factor);
    const assertion = phone.authenticate({ ...asked.options, challenge: options.challenge });
    const { clientDataJSON } = registration.response;
    expect(
      await judge(asked, enrolled.factor, {
        ...assertion,
        response: { ...assertion.response, clientDataJSON },
      }),
    ).toEqual(wrong);
    expect(await judge(asked, enrolled.factor, assertion)).toEqual(wrong);
  });

  it('denies nothing, answers no other challenge than its own and needs its factor', async () => {
    const enrolled = await enrol();
    expect(await assertOnce(enrolled, {}, { decision: 'deny' })).toEqual(wrong);
    expect(await assertOnce(enrolled, {}, { challenge: null })).toEqual(wrong);
    expect(await assertOnce(enrolled, {}, { factor: null })).toEqual(wrong);
    const { pending } = await begin();
    expect(await assertOnce(enrolled, {}, { factor: { ...enrolled.factor, config: pending } })).toEqual(
      wrong,
    );
  });

  it('is wrong for a passkey that was registered for another relying party', async () => {
    const enrolled = await enrol();
    const elsewhere = { ...enrolled.factor, config: { ...enrolled.factor.config, rpId: 'example.com' } };
    expect(await assertOnce(enrolled, {}, { factor: elsewhere })).toEqual(wrong);
  });

  it('is wrong with another public key for the same credential', async () => {
    const enrolled = await enrol();
    const { publicKey } = (await enrol()).factor.config;
    const exchanged = { ...enrolled.factor, config: { ...enrolled.factor.config, publicKey } };
    expect(await assertOnce(enrolled, {}, { factor: exchanged })).toEqual(wrong);
  });

  it('is wrong for a public key that cannot be read', async () => {
    const enrolled = await enrol();
    for (const publicKey of ['AA', 'oA', 'pQECAyYgASFYIA']) {
      const exchanged = { ...enrolled.factor, config: { ...enrolled.factor.config, publicKey } };
      expect(await assertOnce(enrolled, {}, { factor: exchanged }), publicKey).toEqual(wrong);
    }
  });
});

describe('the counter of a passkey', () => {
  it('moves on with every right proof', async () => {
    const enrolled = await enrol({ synced: false });
    const { config } = enrolled.factor;
    expect(await assertOnce(enrolled)).toEqual({ valid: true, config: { ...config, counter: 1 } });
    expect(await assertOnce(enrolled, { counter: 90 })).toEqual({
      valid: true,
      config: { ...config, counter: 90 },
    });
  });

  const stored: [string, number, number, boolean][] = [
    ['rises', 7, 8, true],
    ['leaps', 7, 4_294_967_295, true],
    ['stays', 7, 7, false],
    ['goes back', 7, 6, false],
    ['falls to zero', 7, 0, false],
    ['never counts', 0, 0, true],
    ['begins to count', 0, 1, true],
  ];
  it.each(stored)('that %s: %i, then %i', async (_, before, then, valid) => {
    const { phone, factor } = await enrol({ synced: false });
    const config = { ...factor.config, counter: before };
    const verdict = await assertOnce({ phone, factor: { ...factor, config } }, { counter: then });
    expect(verdict.valid).toBe(valid);
  });

  it('refuses the same assertion again once it has moved on', async () => {
    const { phone, factor } = await enrol({ synced: false });
    const asked = await ask(factor);
    const answer = phone.authenticate(asked.options);
    const first = await judge(asked, factor, answer);
    if (!first.valid || first.config === undefined) throw new Error('the first time it is right');
    expect(await judge(asked, { ...factor, config: first.config as Passkey }, answer)).toEqual(wrong);
  });

  it('writes nothing for a synced passkey, which never counts: it may answer two requests at once', async () => {
    const { phone, factor } = await enrol();
    const [one, two] = [await ask(factor), await ask(factor)];
    expect(await judge(one, factor, phone.authenticate(one.options))).toEqual({ valid: true });
    expect(await judge(two, factor, phone.authenticate(two.options))).toEqual({ valid: true });
  });

  it('goes along with whether the passkey is backed up by now', async () => {
    const enrolled = await enrol({}, {}, { flags: { backedUp: false } });
    const { config } = enrolled.factor;
    expect(config.backedUp).toBe(false);
    expect(await assertOnce(enrolled)).toEqual({ valid: true, config: { ...config, backedUp: true } });
  });
});

describe('what a passkey signs', () => {
  const changes: [string, Partial<typeof request>][] = [
    ['another request', { id: 'areq_another' }],
    ['other data', { dataHash: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['another text', { displayHash: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['a confirmation', { kind: 'confirmation' }],
  ];
  it.each(changes)('is not right for %s', async (_, change) => {
    const enrolled = await enrol();
    expect(await assertOnce(enrolled, {}, { request: { ...request, ...change } })).toEqual(wrong);
  });

  it('is not right for another challenge of the same request', async () => {
    const { phone, factor } = await enrol();
    const [one, two] = [await ask(factor), await ask(factor)];
    expect(one.options.challenge).not.toBe(two.options.challenge);
    expect(await judge(two, factor, phone.authenticate(one.options))).toEqual(wrong);
  });

  it('is computed again, and never taken from what was shown or from the answer', async () => {
    const { phone, factor } = await enrol();
    const asked = await ask(factor);
    const chosen = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    const answer = phone.authenticate({ ...asked.options, challenge: chosen });
    const shown = { ...asked, options: { ...asked.options, challenge: chosen } };
    expect(await judge(shown, factor, answer)).toEqual(wrong);
    expect(await judge(asked, factor, { ...answer, challenge: chosen })).toEqual(wrong);
  });
});

function turned(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

/** 32 bytes leave two bits of the last character unused: four spellings mean the same. */
function respell(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return text.slice(0, -1) + alphabet.charAt(alphabet.indexOf(text.slice(-1)) ^ 1);
}
