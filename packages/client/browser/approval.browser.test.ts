import { defineOperation, device, passkey } from '@countersign/server';
import { startTestServer, type TestServer } from '@countersign/server/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { setup } from '../../core/testing/database-setup.ts';
import type { DevicePublicKey } from '../src/device/index.ts';
import type { AuthorizationRequestGrantOutput } from '../src/index.ts';
import { openChromium, type Chromium } from './chromium.ts';

const transfer = defineOperation({
  slug: 'transfer',
  data: z.strictObject({ to: z.string(), amountCents: z.number().int().positive() }),
  title: 'Transfer money',
  facts: ({ to, amountCents }) => ({ To: to, Amount: `€ ${amountCents / 100}` }),
  binding: 'cryptographic',
});

/** What pages do: a key of a device in IndexedDB, and the two ceremonies of a passkey. */
const program = `
import { createDevice, createDeviceKey, deviceKeyFrom } from '@countersign/client/device';
import { createCountersignClient } from '@countersign/client';

function ask(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
async function keys() {
  const opening = indexedDB.open('keys', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('keys');
  return (await ask(opening)).transaction('keys', 'readwrite').objectStore('keys');
}
const stored = async (name) => await ask((await keys()).get(name));

async function makeKey(algorithm) {
  const { pair, publicKey } = await createDeviceKey({ algorithm });
  await ask((await keys()).put(pair, algorithm));
  return publicKey;
}
async function exportKey(name) {
  const { privateKey } = await stored(name);
  const refused = (format) => crypto.subtle.exportKey(format, privateKey).then(() => 'exported', String);
  return await Promise.all(['jwk', 'pkcs8'].map(refused));
}
const entries = new Map();
function entryFor(id) {
  if (!entries.has(id)) entries.set(id, Promise.withResolvers());
  return entries.get(id);
}
const type = (id, digits) => entryFor(id).resolve(digits);
async function approve(name, { url, uuid, id, count }) {
  const by = await deviceKeyFrom(await stored(name));
  const connect = (token) => createCountersignClient({ url, token });
  const device = createDevice({ connect, subjectId: 'ada', uuid, by, id });
  const answers = [];
  for await (const prompt of device.prompts()) {
    const answer = await device.approve(prompt, await entryFor(prompt.id).promise);
    answers.push({ shown: prompt.challenge.digits, ...answer });
    if (answers.length === count) break;
  }
  await device.close();
  return answers;
}

async function enrol({ url, token }, changes) {
  const client = createCountersignClient({ url, token });
  const { factor, confirmation, setup } = await client.factor.create({ methodId: 'passkey' });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON({ ...setup.options, ...changes });
  const response = (await navigator.credentials.create({ publicKey })).toJSON();
  const confirming = { id: factor.id, confirmationId: confirmation.id, data: { response } };
  const { status } = await client.factor.confirm(confirming);
  await client.close();
  return status;
}
async function assertion(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return await navigator.credentials.get({ publicKey }).then((credential) => credential.toJSON(), String);
}
async function grant({ url, token }, id, response) {
  const client = createCountersignClient({ url, token });
  const answer = await client.authorizationRequest.grant({ id, proof: { method: 'passkey', response } });
  await client.close();
  return answer;
}
Object.assign(globalThis, { makeKey, exportKey, type, approve, enrol, assertion, grant });
`;

let teardown: (() => Promise<void>) | undefined;
let chromium: Chromium;
let server: TestServer;

beforeAll(async () => {
  [teardown, chromium] = await Promise.all([setup(), openChromium(program)]);
  await chromium.devTools.send('WebAuthn.enable');
  const { origin } = chromium;
  const methods = [passkey({ rpId: 'localhost', origins: [origin] }), device()];
  server = await startTestServer({ operations: { transfer }, methods, origins: [origin] });
});
afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await teardown?.();
});
afterEach(() => {
  expect(chromium.devTools.trouble).toEqual([]);
});

interface Asking {
  readonly amountCents?: number;
  readonly factorIds?: string[];
}

const bank = () => server.cs.createCaller({ kind: 'service' });
const url = () => `${server.url}/trpc`;
const ask = (subjectId: string, { amountCents = 250_000, factorIds }: Asking = {}) =>
  bank().authorizationRequest.create({
    slug: 'transfer',
    subjectId,
    data: { to: 'GB29', amountCents },
    ...(factorIds && { factorIds }),
  });

describe.each(['P-256', 'Ed25519'] as const)('a device key of a page (%s)', (algorithm) => {
  it('is read by nobody, and after a reload signs what waits and what comes; the server accepts it', async () => {
    const uuid = `phone-${algorithm}`;
    const publicKey = (await chromium.call('makeKey', algorithm)) as DevicePublicKey;
    expect(publicKey.crv).toBe(algorithm);
    const { id } = (await bank().device.register({ subjectId: 'ada', uuid, publicKey })).device;
    await chromium.reload();
    const exports = (await chromium.call('exportKey', algorithm)) as string[];
    expect(exports).toHaveLength(2);
    for (const refused of exports) expect(refused).toContain('not extractable');

    const first = await ask('ada', { amountCents: 100, factorIds: [id] });
    const approving = chromium.call('approve', algorithm, { url: url(), uuid, id, count: 2 });
    await chromium.call('type', first.id, first.challenge?.digits);
    const stateOf = async () => (await bank().authorizationRequest.get({ id: first.id })).state;
    await expect.poll(stateOf).toBe('granted');
    const second = await ask('ada', { amountCents: 200, factorIds: [id] });
    await chromium.call('type', second.id, second.challenge?.digits);

    const granted = { shown: null, granted: true };
    expect(await approving).toMatchObject([
      { ...granted, request: { id: first.id, binding: 'cryptographic' } },
      { ...granted, request: { id: second.id, binding: 'cryptographic' } },
    ]);
  });
});

describe('a passkey of a browser', () => {
  interface Authenticator extends AsyncDisposable {
    /** Whether the finger on it is the right one. */
    verifies(isUserVerified: boolean): Promise<unknown>;
  }

  /** A key that is at hand; one that has no way to know its owner only says that somebody has touched it. */
  async function plugIn(hasUserVerification = true): Promise<Authenticator> {
    const { devTools } = chromium;
    const { authenticatorId } = await devTools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: hasUserVerification ? 'internal' : 'usb',
        hasResidentKey: true,
        hasUserVerification,
        isUserVerified: hasUserVerification,
        automaticPresenceSimulation: true,
      },
    });
    return {
      verifies: (isUserVerified) =>
        devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
      async [Symbol.asyncDispose]() {
        await devTools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
      },
    };
  }

  /** The page of somebody who may add a first factor, and grant. */
  async function pageOf(subjectId: string): Promise<{ url: string; token: string | null }> {
    const { token } = await bank().scopedToken.issue({
      subjectId,
      sessionId: `session of ${subjectId}`,
      scope: { rpc: { m: ['factor.create', 'factor.confirm', 'authorizationRequest.grant'] } },
    });
    return { url: url(), token };
  }

  const grant = async (...given: unknown[]) =>
    (await chromium.call('grant', ...given)) as AuthorizationRequestGrantOutput;

  it('grants exactly the request whose data it has signed, and no other', async () => {
    await using _ = await plugIn();
    const page = await pageOf('grace');
    expect(await chromium.call('enrol', page)).toBe('confirmed');
    const [small, large] = [await ask('grace', { amountCents: 100 }), await ask('grace')];
    const signed = await chromium.call('assertion', small.challenge?.options);
    expect(await grant(page, large.id, signed)).toMatchObject({ granted: false, attemptsLeft: 4 });
    expect(await grant(page, small.id, signed)).toMatchObject({
      granted: true,
      request: { binding: 'cryptographic' },
    });
    expect(await bank().authorizationRequest.get({ id: large.id })).toMatchObject({ state: 'waiting' });
  });

  it('is not enrolled without user verification, whatever the page has asked the browser for', async () => {
    const page = await pageOf('mary');
    const asked = (userVerification: string) => ({
      authenticatorSelection: { residentKey: 'discouraged', userVerification },
    });
    {
      await using _ = await plugIn(false);
      await expect(chromium.call('enrol', page)).rejects.toThrow('NotAllowedError');
      expect(await chromium.call('enrol', page, asked('discouraged'))).toBe('in_process');
      await expect(ask('mary')).rejects.toMatchObject({ cause: { reason: 'method_unavailable' } });
    }
    await using _ = await plugIn();
    expect(await chromium.call('enrol', page, asked('preferred'))).toBe('confirmed');
  });

  it('without user verification grants nothing, and with it the same request', async () => {
    await using authenticator = await plugIn();
    const page = await pageOf('rosa');
    expect(await chromium.call('enrol', page)).toBe('confirmed');
    const request = await ask('rosa');
    const options = request.challenge?.options as object;
    await authenticator.verifies(false);
    const unverified = await chromium.call('assertion', { ...options, userVerification: 'discouraged' });
    expect(unverified).toMatchObject({ type: 'public-key' });
    expect(await grant(page, request.id, unverified)).toMatchObject({ granted: false, attemptsLeft: 4 });
    await authenticator.verifies(true);
    const verified = await chromium.call('assertion', { ...options, userVerification: 'preferred' });
    expect(await grant(page, request.id, verified)).toMatchObject({ granted: true });
  });
});
