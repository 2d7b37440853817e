import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ask, begin, device, enrol, enrolmentOf, method, request } from './ceremony.ts';

const accepts = (response: unknown) => method.proof.safeParse({ method: 'passkey', response }).success;
const registers = (response: unknown) => enrolmentOf().answer.safeParse({ response }).success;

async function rightProof() {
  const { phone, factor } = await enrol();
  return phone.authenticate((await ask(factor)).options);
}

async function rightRegistration() {
  return device().register((await begin()).options);
}

describe('the shape of a proof by passkey', () => {
  it('is what a browser sends, with whatever it adds', async () => {
    const right = await rightProof();
    expect(accepts(right)).toBe(true);
    expect(accepts({ ...right, authenticatorAttachment: null, clientExtensionResults: { prf: {} } })).toBe(
      true,
    );
    expect(accepts({ ...right, later: { than: 'level 3' } })).toBe(true);
    expect(accepts({ ...right, response: { ...right.response, userHandle: null } })).toBe(true);
  });

  it('drops what it does not read', async () => {
    const right = await rightProof();
    const unread = { later: 'x', response: { ...right.response, attestationObject: 'AAAA' } };
    const parsed = method.proof.parse({ method: 'passkey', response: { ...right, ...unread } });
    const { id, rawId, type, response } = right;
    expect(parsed).toEqual({ method: 'passkey', response: { id, rawId, type, response } });
  });

  it('is nothing beside method and response', async () => {
    const response = await rightProof();
    expect(method.proof.safeParse({ method: 'passkey', response, challenge: 'AAAA' }).success).toBe(false);
    expect(method.proof.safeParse({ method: 'otp', response }).success).toBe(false);
    expect(method.proof.safeParse({ method: 'passkey' }).success).toBe(false);
  });

  it.each([null, {}, [], 'text', 7, { id: 'AAAA' }])('is never an empty or half one: %j', (response) => {
    expect(accepts(response)).toBe(false);
    expect(registers(response)).toBe(false);
  });

  it.each(['id', 'rawId', 'type', 'response'])('has its %s', async (member) => {
    expect(accepts({ ...(await rightProof()), [member]: undefined })).toBe(false);
    expect(registers({ ...(await rightRegistration()), [member]: undefined })).toBe(false);
  });

  it.each(['clientDataJSON', 'authenticatorData', 'signature'])('has its response.%s', async (member) => {
    const right = await rightProof();
    expect(accepts({ ...right, response: { ...right.response, [member]: undefined } })).toBe(false);
  });

  const noBase64url = [
    '',
    'AAA=',
    'A+/A',
    'A A',
    'AAAA\n',
    'ÄÖ',
    'ＡＡＡＡ',
    7,
    null,
    { length: 4 },
    ['AAAA'],
  ];
  it.each(['id', 'rawId'])('has a %s in base64url', async (member) => {
    const [proof, registration] = [await rightProof(), await rightRegistration()];
    for (const text of noBase64url) {
      expect(accepts({ ...proof, [member]: text }), JSON.stringify(text)).toBe(false);
      expect(registers({ ...registration, [member]: text }), JSON.stringify(text)).toBe(false);
    }
  });

  const bounds: [string, number][] = [
    ['clientDataJSON', 4096],
    ['authenticatorData', 2048],
    ['signature', 1024],
    ['userHandle', 86],
  ];
  it.each(bounds)('has a %s in base64url, of at most %i characters', async (member, charactersMax) => {
    const right = await rightProof();
    const acceptsMember = (text: unknown) =>
      accepts({ ...right, response: { ...right.response, [member]: text } });
    expect(acceptsMember('A'.repeat(charactersMax))).toBe(true);
    expect(acceptsMember('A'.repeat(charactersMax + 1))).toBe(false);
    for (const text of noBase64url.filter((one) => member !== 'userHandle' || one !== null))
      expect(acceptsMember(text), JSON.stringify(text)).toBe(false);
  });

  it('is at most 16 KiB, a registration too', () => {
    const credential = { id: 'A'.repeat(1364), rawId: 'A'.repeat(1364), type: 'public-key' };
    const clientDataJSON = 'A'.repeat(4096);
    const proof = {
      ...credential,
      response: {
        clientDataJSON,
        authenticatorData: 'A'.repeat(2048),
        signature: 'A'.repeat(1024),
        userHandle: 'A'.repeat(86),
      },
    };
    const transports = Array.from({ length: 10 }, () => 'a'.repeat(32));
    const registration = {
      ...credential,
      response: { clientDataJSON, attestationObject: 'A'.repeat(8192), transports },
    };
    expect([accepts(proof), registers(registration)]).toEqual([true, true]);
    for (const largest of [proof, registration])
      expect(JSON.stringify(largest).length).toBeLessThan(16 * 1024);
    expect(accepts({ ...proof, id: 'A'.repeat(1365) })).toBe(false);
    expect(
      registers({
        ...registration,
        response: { ...registration.response, transports: [...transports, 'a'] },
      }),
    ).toBe(false);
    const attestationObject = 'A'.repeat(8193);
    expect(registers({ ...registration, response: { ...registration.response, attestationObject } })).toBe(
      false,
    );
  });

  it('takes nothing from a prototype that a client writes', async () => {
    const { id, ...rest } = await rightProof();
    const polluted = (member: string) =>
      JSON.parse(`{${JSON.stringify(rest).slice(1, -1)},"${member}":{"id":"${id}"}}`) as unknown;
    for (const member of ['__proto__', 'constructor', 'prototype'])
      expect(accepts(polluted(member)), member).toBe(false);
    const proof = JSON.parse(
      `{"method":"passkey","__proto__":{"response":${JSON.stringify({ id, ...rest })}}}`,
    ) as unknown;
    expect(method.proof.safeParse(proof).success).toBe(false);
    expect(({} as { id?: unknown }).id).toBeUndefined();
  });

  it('is a public key, nothing else', async () => {
    expect(accepts({ ...(await rightProof()), type: 'password' })).toBe(false);
    expect(registers({ ...(await rightRegistration()), type: 'password' })).toBe(false);
  });
});

describe('the challenge of a passkey', () => {
  it('is SHA-256 of its domain, a zero byte and the canonical form of what is authorized', async () => {
    const { factor } = await enrol();
    const { options, state } = await ask(factor);
    const canonical = `{"dataHash":"${request.dataHash}","displayHash":"${request.displayHash}","kind":"authorization_request","nonce":"${state.nonce}","request":"${request.id}"}`;
    expect(options.challenge).toBe(
      createHash('sha256').update(`countersign/passkey/v1\0${canonical}`).digest('base64url'),
    );
    expect(Buffer.from(state.nonce, 'base64url')).toHaveLength(32);
  });
});
