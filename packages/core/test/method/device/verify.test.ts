import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { device } from '../../../src/index.ts';
import type { VerifyInput } from '../../../src/method/define.ts';
import { authenticationBytes, decisionBytes } from '../../../src/method/methods/device/bytes.ts';
import { makeSecretDevice } from '../../../src/method/methods/device/config.ts';
import { devicePublicKey, publicKeyInput } from '../../../src/method/methods/device/public-key.ts';
import { systemRandomness } from '../../../src/runtime.ts';
import { testKey } from './keys.ts';

const method = device();
const hash = (text: string) => createHash('sha256').update(text).digest('base64url');
const uuid = 'phone-1';
const expiresAt = new Date(1_790_000_300_000);
const request = {
  kind: 'authorization_request',
  id: 'areq_1',
  slug: 'transfer',
  subjectId: 'ada',
  dataHash: hash('data'),
  displayHash: hash('display'),
} as const;
const said = {
  dataHash: request.dataHash,
  decision: 'grant',
  device: uuid,
  digits: '042',
  displayHash: request.displayHash,
  expiresAt,
  nonce: hash('nonce'),
  request: request.id,
} as const;

/** What the engine hands over, for a factor with this configuration. */
function asked(config: unknown, changes: Partial<VerifyInput> = {}): Omit<VerifyInput, 'proof'> {
  return {
    decision: 'grant',
    request,
    challenge: { id: 'chal_1', options: { nonce: said.nonce }, state: null, expiresAt },
    factor: { id: 'fact_1', subjectId: 'ada', config },
    matches: (candidate) => candidate === said.digits,
    settings: {},
    issuer: 'Acme Bank',
    context: null,
    now: new Date(1_790_000_000_000),
    ...changes,
  };
}

const es256 = testKey('es256');
const ed25519 = testKey('ed25519');
const configOf = ({ jwk }: typeof es256) => ({
  kind: 'keyed',
  uuid,
  publicKey: devicePublicKey(publicKeyInput.parse(jwk)),
});
const proofOf = (key: typeof es256, changes: Partial<Parameters<typeof decisionBytes>[0]> = {}) => {
  const { decision, device: name, digits } = { ...said, ...changes };
  return {
    method: 'device',
    uuid: name,
    signature: key.sign(decisionBytes({ ...said, ...changes })),
    decision,
    digits,
  };
};
const verdict = async (proof: unknown, input: Omit<VerifyInput, 'proof'>) =>
  await method.verify({ ...input, proof });
const wrong = { valid: false };

describe.each([
  ['P-256', es256],
  ['Ed25519', ed25519],
])('a signature of a key on %s', (_, key) => {
  it('over exactly what was asked is right, and bound to it cryptographically', async () => {
    const right = { valid: true, binding: 'cryptographic' };
    expect(await verdict(proofOf(key), asked(configOf(key)))).toEqual(right);
    const fraction = { id: 'chal_1', options: { nonce: said.nonce }, state: null };
    const late = asked(configOf(key), {
      challenge: { ...fraction, expiresAt: new Date(expiresAt.getTime() + 999) },
    });
    expect(await verdict(proofOf(key), late)).toEqual(right);
  });

  it('over a refusal is right without digits, where a refusal is asked', async () => {
    const denied = proofOf(key, { decision: 'deny', digits: '' });
    const input = asked(configOf(key), { decision: 'deny' });
    expect(await verdict(denied, input)).toEqual({ valid: true, binding: 'cryptographic' });
  });

  it.each([
    ['another nonce', { nonce: hash('other') }],
    ['another decision', { decision: 'deny' as const }],
    ['another device', { device: 'phone-2' }],
    ['other digits', { digits: '043' }],
    ['no digits', { digits: '' }],
    ['more digits', { digits: '0420' }],
    ['another display', { displayHash: hash('other') }],
    ['other data', { dataHash: hash('other') }],
    ['another request', { request: 'areq_2' }],
    ['a second more', { expiresAt: new Date(expiresAt.getTime() + 1000) }],
    ['a second less', { expiresAt: new Date(expiresAt.getTime() - 1) }],
  ])('over %s is wrong, and so is that signature for what was asked', async (_what, changes) => {
    const other = proofOf(key, changes);
    expect(await verdict(other, asked(configOf(key)))).toEqual(wrong);
    const { signature } = other;
    expect(await verdict({ ...proofOf(key), signature }, asked(configOf(key)))).toEqual(wrong);
  });

  it.each([
    ['another nonce', { challenge: { id: 'c', options: { nonce: hash('o') }, state: null, expiresAt } }],
    ['no nonce', { challenge: { id: 'c', options: {}, state: null, expiresAt } }],
    ['a nonce that is no text', { challenge: { id: 'c', options: { nonce: 1 }, state: null, expiresAt } }],
    ['no options', { challenge: { id: 'c', options: null, state: null, expiresAt } }],
    ['no challenge', { challenge: null }],
    ['no factor', { factor: null }],
    ['a refusal', { decision: 'deny' as const }],
    ['other data', { request: { ...request, dataHash: hash('other') } }],
    ['another display', { request: { ...request, displayHash: hash('other') } }],
    ['another request', { request: { ...request, id: 'areq_2' } }],
    ['other digits', { matches: () => false }],
  ])('is wrong where %s was asked', async (_what, changes) => {
    expect(await verdict(proofOf(key), asked(configOf(key), changes))).toEqual(wrong);
  });

  it('for a grant is wrong as a refusal, and one for a refusal as a grant', async () => {
    const denial = proofOf(key, { decision: 'deny', digits: said.digits });
    expect(await verdict({ ...denial, decision: 'grant' }, asked(configOf(key)))).toEqual(wrong);
    const input = asked(configOf(key), { decision: 'deny' });
    expect(await verdict({ ...proofOf(key), decision: 'deny' }, input)).toEqual(wrong);
    expect(await verdict({ ...denial, decision: 'grant' }, input)).toEqual(wrong);
  });

  it('is wrong in the name of another device, though it was made in its own', async () => {
    expect(await verdict({ ...proofOf(key), uuid: 'phone-2' }, asked(configOf(key)))).toEqual(wrong);
  });

  it('that says who the device is decides nothing', async () => {
    const bytes = authenticationBytes({ device: uuid, nonce: said.nonce, subjectId: 'ada' });
    expect(await verdict({ ...proofOf(key), signature: key.sign(bytes) }, asked(configOf(key)))).toEqual(
      wrong,
    );
  });

  it('with one bit changed, cut, doubled or spelled otherwise is wrong', async () => {
    const proof = proofOf(key);
    const bytes = Buffer.from(proof.signature, 'base64url');
    const changed = [0, 31, 32, 63].map((place) => {
      const copy = Buffer.from(bytes);
      copy[place] = (copy[place] ?? 0) ^ 1;
      return copy.toString('base64url');
    });
    const others = [
      ...changed,
      bytes.subarray(0, 63).toString('base64url'),
      Buffer.concat([bytes, bytes]).toString('base64url'),
      Buffer.alloc(64).toString('base64url'),
      bytes.toString('hex'),
      `${proof.signature}==`,
      '',
    ];
    for (const signature of others)
      expect(await verdict({ ...proof, signature }, asked(configOf(key)))).toEqual(wrong);
  });

  it('of another key of the same kind is wrong', async () => {
    const other = testKey(key === es256 ? 'es256' : 'ed25519');
    expect(await verdict(proofOf(other), asked(configOf(key)))).toEqual(wrong);
  });

  it('is wrong for a device that has a secret', async () => {
    const { config } = makeSecretDevice(systemRandomness, uuid);
    expect(await verdict(proofOf(key), asked(config))).toEqual(wrong);
  });
});

describe('a signature', () => {
  it('of the other kind of key is wrong', async () => {
    expect(await verdict(proofOf(ed25519), asked(configOf(es256)))).toEqual(wrong);
    expect(await verdict(proofOf(es256), asked(configOf(ed25519)))).toEqual(wrong);
  });

  it('on P-256 in the form of certificates (DER) is wrong, and so is one over another hash', async () => {
    const bytes = decisionBytes(said);
    const der = sign('sha256', bytes, { key: es256.privateKey, dsaEncoding: 'der' }).toString('base64url');
    const sha512 = sign('sha512', bytes, { key: es256.privateKey, dsaEncoding: 'ieee-p1363' });
    for (const signature of [der, sha512.toString('base64url')])
      expect(await verdict({ ...proofOf(es256), signature }, asked(configOf(es256)))).toEqual(wrong);
    expect(method.proof.safeParse({ ...proofOf(es256), signature: der }).success).toBe(false);
  });

  it('by a key on another curve is wrong though it has the same length', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    const signature = sign('sha256', decisionBytes(said), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const proof = { ...proofOf(es256), signature: signature.toString('base64url') };
    expect(await verdict(proof, asked(configOf(es256)))).toEqual(wrong);
  });
});

describe('a secret', () => {
  const { config, secret } = makeSecretDevice(systemRandomness, uuid);
  const input = asked(config, { matches: (candidate) => candidate === '042042' });
  const proof = { method: 'device', uuid, secret, digits: '042042' };

  it('with its digits is right, and bound to the data by the server alone', async () => {
    expect(await verdict(proof, input)).toEqual({ valid: true, binding: 'server' });
  });

  it.each([
    ['another secret', { secret: makeSecretDevice(systemRandomness, uuid).secret }],
    ['no secret', { secret: '' }],
    ['a longer one', { secret: `${secret}A` }],
    ['a shorter one', { secret: secret.slice(0, -1) }],
    ['the digest', { secret: config.digest }],
    ['the key of the digest', { secret: config.digestKey }],
    ['other digits', { digits: '042043' }],
    ['no digits', { digits: '' }],
    ['another device', { uuid: 'phone-2' }],
    ['the name in another case', { uuid: 'PHONE-1' }],
  ])('is wrong with %s', async (_, changes) => {
    expect(await verdict({ ...proof, ...changes }, input)).toEqual(wrong);
  });

  it('proves no refusal, and nothing without a challenge or for a device that has a key', async () => {
    expect(await verdict(proof, { ...input, decision: 'deny' })).toEqual(wrong);
    expect(await verdict(proof, { ...input, challenge: null })).toEqual(wrong);
    expect(await verdict(proof, { ...input, factor: null })).toEqual(wrong);
    const keyed = { ...input, factor: { id: 'fact_1', subjectId: 'ada', config: configOf(es256) } } as const;
    expect(await verdict(proof, keyed)).toEqual(wrong);
  });

  it('is drawn anew for each device, and what is stored of it is not the secret', () => {
    const made = Array.from({ length: 100 }, () => makeSecretDevice(systemRandomness, uuid));
    expect(new Set(made.map((one) => one.secret)).size).toBe(100);
    expect(new Set(made.map((one) => one.config.digestKey)).size).toBe(100);
    for (const one of made) expect(JSON.stringify(one.config)).not.toContain(one.secret);
    expect(secret).toMatch(/^[\w-]{43}$/);
  });
});
