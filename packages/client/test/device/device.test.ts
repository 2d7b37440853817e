import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createDevice, createDeviceKey, type DeviceOptions } from '../../src/device/index.ts';
import { authenticationBytes, decisionBytes } from '../../src/device/signed-bytes.ts';
import type { AuthorizationRequest } from '../../src/index.ts';
import { pretendServer, type PretendedServer } from './pretended-server.ts';

const uuid = 'phone-1';
const key = await createDeviceKey();

function phone(server: PretendedServer, options: Partial<DeviceOptions> = {}) {
  const { connect } = server;
  return createDevice({ connect, subjectId: 'ada', uuid, by: key, now: () => server.time, ...options });
}

const times = ({ asked }: PretendedServer, procedure: string) =>
  asked.filter((call) => call.procedure === procedure).length;

function isSigned(bytes: Uint8Array, signature: unknown): boolean {
  const publicKey = createPublicKey({ key: { ...key.publicKey }, format: 'jwk' });
  const given = Buffer.from(String(signature), 'base64url');
  return verify('sha256', bytes, { key: publicKey, dsaEncoding: 'ieee-p1363' }, given);
}

async function take(prompts: AsyncIterable<AuthorizationRequest>, count: number): Promise<string[]> {
  const taken: string[] = [];
  for await (const { id } of prompts) if (taken.push(id) === count) break;
  return taken;
}

describe('a device', () => {
  it('says who it is by a signature over a nonce of the server', async () => {
    const server = pretendServer();
    await phone(server).token();
    const { input } = server.asked.find(({ procedure }) => procedure === 'authenticate')!;
    const { signature, ...said } = input as Record<string, string>;
    expect(said).toEqual({ uuid, subjectId: 'ada', nonce: 'n1' });
    const bytes = authenticationBytes({ device: uuid, nonce: 'n1', subjectId: 'ada' });
    expect(isSigned(bytes, signature)).toBe(true);
  });

  it('without a key says so by its secret, and asks for no nonce', async () => {
    const server = pretendServer();
    await phone(server, { by: 'secret' }).token();
    expect(server.asked).toEqual([
      { procedure: 'authenticate', input: { uuid, subjectId: 'ada', secret: 'secret' } },
    ]);
  });

  it('asks for one token whoever needs it, and for another one shortly before it ends', async () => {
    const server = pretendServer();
    const device = phone(server);
    const first = await Promise.all(Array.from({ length: 20 }, () => device.token()));
    expect(new Set(first).size).toBe(1);
    server.time += 3_600_000 - 60_001;
    expect(await device.token()).toBe(first[0]);
    server.time += 2;
    expect(await device.token()).not.toBe(first[0]);
    expect(times(server, 'authenticate')).toBe(2);
  });

  it('begins anew when the answer with its token was lost', async () => {
    const server = pretendServer();
    server.lost = 1;
    expect(await phone(server).token()).toMatch(/^token/);
    expect(times(server, 'authenticate')).toBe(2);
    server.lost = 99;
    await expect(phone(server).token()).rejects.toThrow('could not be read');
  });

  it('takes another token when its own is refused before its time, once', async () => {
    const server = pretendServer();
    const device = phone(server);
    const prompt = await server.challenge();
    server.tokensRefused.add(await device.token());
    await device.approve(prompt, '042');
    expect(times(server, 'authenticate')).toBe(2);
    server.tokensRefused.add(await device.token());
    server.isRevoked = true;
    await expect(device.waiting()).rejects.toMatchObject({ reason: 'unauthenticated' });
    expect(times(server, 'authenticate')).toBe(3);
  });

  it('closes both of its clients', async () => {
    const server = pretendServer();
    await phone(server).close();
    expect(server.closed).toBe(2);
  });
});

describe('what waits for a device', () => {
  it('is what asks a device, and not another one', async () => {
    const server = pretendServer();
    const { challenge } = await server.challenge();
    await server.challenge({}, 'otp');
    await server.challenge({ challenge: null });
    await server.challenge({ state: 'granted' });
    await server.challenge({ challenge: { ...challenge!, factorId: 'fact_other' } });
    await server.challenge({ challenge: { ...challenge!, factorId: 'fact_mine' } });
    const ids = async (id?: string) => (await phone(server, { id }).waiting()).map((one) => one.id);
    expect(await ids('fact_mine')).toEqual(['areq_6', 'areq_1']);
    expect(await ids()).toEqual(['areq_6', 'areq_5', 'areq_1']);
  });

  it('is told first as it stands and then as it comes, each once and without a gap', async () => {
    const server = pretendServer();
    const { connect } = server;
    await server.challenge();
    // What is asked between the end of the log and the list is in both.
    const between = (token?: unknown) => {
      const client = connect(token);
      const { list } = client.authorizationRequest;
      const listing = async function* () {
        await server.challenge();
        yield* list() as AsyncIterable<AuthorizationRequest>;
        await server.challenge();
      };
      return { ...client, authorizationRequest: { ...client.authorizationRequest, list: listing as never } };
    };
    const prompts = phone(server, { connect: between }).prompts();
    const taking = take(prompts, 5);
    setTimeout(
      () =>
        void server
          .challenge()
          .then(() => server.challenge({}, 'otp'))
          .then(() => server.challenge()),
      20,
    );
    expect(await taking).toEqual(['areq_2', 'areq_1', 'areq_3', 'areq_4', 'areq_6']);
  });

  it('goes on by another token when its own is refused, and ends when there is none', async () => {
    const server = pretendServer();
    const device = phone(server);
    await server.challenge();
    const prompts = device.prompts()[Symbol.asyncIterator]();
    expect((await prompts.next()).value).toMatchObject({ id: 'areq_1' });
    const second = prompts.next();
    server.tokensRefused.add(await device.token());
    await server.challenge();
    expect((await second).value).toMatchObject({ id: 'areq_2' });
    server.isRevoked = true;
    server.tokensRefused.add(await device.token());
    await expect(prompts.next()).rejects.toMatchObject({ reason: 'unauthenticated' });
  });

  it('is not told when it is gone before it could be read', async () => {
    const server = pretendServer();
    const prompts = take(phone(server).prompts(), 1);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await server.challenge();
    server.requests.length = 0;
    await server.challenge({ id: 'areq_still' });
    expect(await prompts).toEqual(['areq_still']);
  });
});

describe('the answer of a device', () => {
  const said = (prompt: AuthorizationRequest, decision: 'grant' | 'deny', digits: string) => {
    const { id: request, dataHash, displayHash, challenge } = prompt;
    const { nonce } = challenge!.options as { nonce: string };
    const { expiresAt } = challenge!;
    return decisionBytes({
      decision,
      digits,
      device: uuid,
      request,
      dataHash,
      displayHash,
      nonce,
      expiresAt,
    });
  };

  it('is a signature over what was asked and shown, and the digits that were typed', async () => {
    const server = pretendServer();
    const prompt = await server.challenge();
    await phone(server).approve(prompt, '042');
    const { signature, ...proof } = server.proofs[0] as Record<string, unknown>;
    expect(proof).toEqual({ method: 'device', uuid, decision: 'grant', digits: '042' });
    expect(isSigned(said(prompt, 'grant', '042'), signature)).toBe(true);
  });

  it('refuses with a signature, without digits, and says when it was not the person', async () => {
    const server = pretendServer();
    const prompt = await server.challenge();
    const device = phone(server);
    await device.deny(prompt);
    await device.deny(prompt, 'not_me');
    const inputs = server.asked.filter(({ procedure }) => procedure === 'deny').map(({ input }) => input);
    expect(inputs).toMatchObject([{ reason: 'declined' }, { reason: 'not_me' }]);
    for (const proof of server.proofs as Record<string, unknown>[]) {
      expect(proof).toMatchObject({ decision: 'deny', digits: '' });
      expect(isSigned(said(prompt, 'deny', ''), proof['signature'])).toBe(true);
    }
  });

  it('without a key is its secret, and nothing where it refuses', async () => {
    const server = pretendServer();
    const prompt = await server.challenge();
    const device = phone(server, { by: 'secret' });
    await device.approve(prompt, '042042');
    await device.deny(prompt, 'not_me');
    expect(server.proofs).toEqual([
      { method: 'device', uuid, secret: 'secret', digits: '042042' },
      undefined,
    ]);
  });

  it('is never given to what shows something else than its hash says; it can still be refused', async () => {
    const server = pretendServer();
    const prompt = await server.challenge();
    const device = phone(server);
    for (const changes of [
      { title: 'Win a prize' },
      { description: 'Harmless' },
      { facts: [{ label: 'To', value: 'GB30' }] },
      { facts: [] },
    ]) {
      await expect(device.approve({ ...prompt, ...changes }, '042')).rejects.toThrow(TypeError);
      await device.deny({ ...prompt, ...changes });
    }
    expect(server.proofs).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('is none for a request that asks no device', async () => {
    const server = pretendServer();
    const device = phone(server);
    for (const prompt of [await server.challenge({}, 'otp'), await server.challenge({ challenge: null })]) {
      await expect(device.approve(prompt, '042')).rejects.toThrow('asks no device');
      await device.deny(prompt);
    }
    expect(server.proofs).toEqual([undefined, undefined]);
  });
});
