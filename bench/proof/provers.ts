import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { device, otp, passkey, recoveryCodes, totp } from '@countersign/core';
import { decisionBytes } from '../../packages/core/src/method/methods/device/bytes.ts';
import { makeSecretDevice, type DeviceConfig } from '../../packages/core/src/method/methods/device/config.ts';
import { devicePublicKey, publicKeyInput } from '../../packages/core/src/method/methods/device/public-key.ts';
// Not by the door for tests, which loads a test runner as well.
import { createVirtualPasskey } from '../../packages/core/testing/virtual-passkey.ts';
import { begun, completed } from './enrolled.ts';
import { engine, type Asked, type Prover } from './judging.ts';

const phone = 'phone-1';

/** One for each way that the methods of the product judge a proof. */
export async function makeProvers(): Promise<readonly Prover[]> {
  return [
    await oneTimeCode(),
    await authenticatorApp(),
    await passkeyOfPhone(),
    keyedDevice('device, ES256', 'sha256'),
    keyedDevice('device, Ed25519', null),
    secretDevice(),
    await recoveryCode(),
  ];
}

async function oneTimeCode(): Promise<Prover> {
  const method = otp({ send: () => Promise.resolve() });
  const { config } = await begun(method, { channel: 'email', address: 'ada@example.org' });
  return { name: 'one-time code', method, config, prove: ({ code }) => ({ code }) };
}

/** Its seed is drawn from what we give as chance, so that it can be known here. */
async function authenticatorApp(): Promise<Prover> {
  const method = totp();
  const seed = randomBytes(20);
  const { config } = await begun(method, {}, { ...engine.randomness, bytes: () => seed });
  return { name: 'authenticator app', method, config, prove: ({ now }) => ({ code: codeAt(seed, now) }) };
}

/** RFC 6238, of which a step lasts 30 s; RFC 4226 §5.3. */
function codeAt(seed: Uint8Array, now: Date): string {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now.getTime() / 30_000)));
  const digest = createHmac('sha1', seed).update(step).digest();
  const number = digest.readUInt32BE((digest.at(-1) ?? 0) & 0xf) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}

async function passkeyOfPhone(): Promise<Prover> {
  const [origin, rpId] = ['https://app.example.com', 'example.com'];
  const method = passkey({ rpId, origins: [origin] });
  const virtual = createVirtualPasskey({ origin, rpId });
  const { config: pending, setup } = await begun(method);
  const { options } = setup as { options: unknown };
  const config = await completed(method, pending, { response: virtual.register(options) });
  return {
    name: 'passkey, ES256',
    method,
    config,
    prove: (asked) => ({ response: virtual.authenticate(asked.options) }),
  };
}

function keyedDevice(name: string, hash: 'sha256' | null): Prover {
  const { publicKey, privateKey } =
    hash === null ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const config: DeviceConfig = {
    kind: 'keyed',
    uuid: phone,
    publicKey: devicePublicKey(publicKeyInput.parse(publicKey.export({ format: 'jwk' }))),
  };
  return {
    name,
    method: device(),
    config,
    prove(asked) {
      const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
      const signature = sign(hash, decisionOf(asked), key).toString('base64url');
      return { uuid: phone, decision: 'grant', digits: asked.digits, signature };
    },
  };
}

function decisionOf({ request, options, digits, expiresAt }: Asked): Buffer {
  const { nonce } = options as { nonce: string };
  const { id, dataHash, displayHash } = request;
  return decisionBytes({
    dataHash,
    decision: 'grant',
    device: phone,
    digits,
    displayHash,
    expiresAt,
    nonce,
    request: id,
  });
}

function secretDevice(): Prover {
  const { config, secret } = makeSecretDevice(engine.randomness, phone);
  return {
    name: 'device, secret',
    method: device(),
    config,
    prove: ({ digits }) => ({ uuid: phone, secret, digits }),
  };
}

async function recoveryCode(): Promise<Prover> {
  const method = recoveryCodes();
  const { config, setup } = await begun(method);
  const { codes } = setup as { codes: readonly string[] };
  return { name: 'recovery code', method, config, prove: () => ({ code: codes[0] }) };
}
