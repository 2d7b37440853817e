import { defineOperation, device as devices, otp } from '@countersign/server';
import { startTestServer } from '@countersign/server/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  createDevice,
  createDeviceKey,
  type Device,
  type DeviceKeyOptions,
  type DeviceOptions,
} from '../../src/device/index.ts';
import { createCountersignClient, type AuthorizationRequest, type TokenSource } from '../../src/index.ts';

const transfer = defineOperation({
  slug: 'transfer',
  data: z.strictObject({ to: z.string(), amountCents: z.number().int().positive() }),
  title: 'Transfer money',
  description: 'To “somebody” — é 📱\n<b>',
  facts: ({ to, amountCents }) => ({ To: to, Amount: `€ ${amountCents / 100}` }),
  methods: ['device'],
});
const order = defineOperation({ slug: 'order', data: z.null(), title: 'Order a card', methods: ['device'] });

/** A server with devices, its service, and phones that reach it as phones do. */
async function openBank() {
  const server = await startTestServer({
    operations: { transfer, order },
    methods: [otp({ send: () => Promise.resolve() }), devices()],
  });
  const url = `${server.url}/trpc`;
  const client = createCountersignClient({ url, token: server.serviceKey });
  const opened: Device[] = [];
  const connect = (token?: TokenSource) => createCountersignClient({ url, ...(token && { token }) });
  const open = (identity: Pick<DeviceOptions, 'subjectId' | 'uuid' | 'by' | 'id'>): Device => {
    const device = createDevice({ ...identity, connect, now: () => server.clock.now().getTime() });
    opened.push(device);
    return device;
  };
  return {
    server,
    client,
    ask: (amountCents = 250_000) =>
      client.authorizationRequest.create({
        slug: 'transfer',
        subjectId: 'ada',
        data: { to: 'GB29', amountCents },
      }),
    async keyedPhone(options: DeviceKeyOptions = {}, uuid = 'phone-1') {
      const by = await createDeviceKey(options);
      const { device } = await client.device.register({ subjectId: 'ada', uuid, publicKey: by.publicKey });
      return { id: device.id, phone: open({ subjectId: 'ada', uuid, by, id: device.id }) };
    },
    async secretPhone(uuid = 'phone-1') {
      const { device, secret } = await client.device.register({ subjectId: 'ada', uuid });
      return { id: device.id, phone: open({ subjectId: 'ada', uuid, by: secret ?? '', id: device.id }) };
    },
    async [Symbol.asyncDispose]() {
      for (const device of opened) await device.close();
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

const digitsOf = ({ challenge }: AuthorizationRequest): string => challenge?.digits ?? '';

async function next(prompts: AsyncIterator<AuthorizationRequest>): Promise<AuthorizationRequest> {
  const result = await prompts.next();
  if (result.done === true) throw new Error('nothing is asked any more');
  return result.value;
}

describe('a phone', () => {
  it.each(['P-256', 'Ed25519'] as const)(
    'is asked as it happens, and approves by its key of %s with the digits of the screen',
    async (algorithm) => {
      await using bank = await openBank();
      const { phone } = await bank.keyedPhone({ algorithm });
      const prompts = phone.prompts()[Symbol.asyncIterator]();
      const asked = next(prompts);
      const request = await bank.ask();
      expect(digitsOf(request)).toMatch(/^[0-9]{3}$/);
      const prompt = await asked;
      expect(prompt).toMatchObject({ id: request.id, title: 'Transfer money', challenge: { digits: null } });
      const answer = await phone.approve(prompt, digitsOf(request));
      expect(answer).toMatchObject({ granted: true, request: { binding: 'cryptographic' } });
      expect((await request.granted()).state).toBe('granted');
      await prompts.return?.();
    },
  );

  it('without a key approves by its secret', async () => {
    await using bank = await openBank();
    const { phone } = await bank.secretPhone();
    const request = await bank.ask();
    const [prompt] = await phone.waiting();
    expect(await phone.approve(prompt!, digitsOf(request))).toMatchObject({
      granted: true,
      request: { binding: 'server' },
    });
  });

  it('is told of a wrong entry, which ends the challenge, and of the next one', async () => {
    await using bank = await openBank();
    const { phone } = await bank.keyedPhone();
    const request = await bank.ask();
    const prompts = phone.prompts()[Symbol.asyncIterator]();
    const first = await next(prompts);
    const wrong = digitsOf(request) === '000' ? '001' : '000';
    expect(await phone.approve(first, wrong)).toMatchObject({ granted: false, attemptsLeft: 4 });
    expect(await phone.waiting()).toEqual([]);
    const asked = next(prompts);
    const challenge = await bank.client.authorizationRequest.challenge({ id: request.id });
    expect(await phone.approve(await asked, challenge.digits ?? '')).toMatchObject({ granted: true });
    await prompts.return?.();
  });

  it('says no, and that it was not the person: then nobody is asked for a while', async () => {
    await using bank = await openBank();
    const { phone } = await bank.keyedPhone();
    await bank.ask();
    const [first] = await phone.waiting();
    expect(await phone.deny(first!)).toMatchObject({ state: 'denied', reason: 'declined' });
    const ordering = { slug: 'order', subjectId: 'ada', data: null };
    await bank.client.authorizationRequest.create(ordering);
    const [second] = await phone.waiting();
    expect(await phone.deny(second!, 'not_me')).toMatchObject({ state: 'denied', reason: 'not_me' });
    await expect(bank.ask(1)).rejects.toMatchObject({ reason: 'rate_limited' });
  });

  it('goes on when its tokens were revoked, and ends when it was itself', async () => {
    await using bank = await openBank();
    const { phone, id } = await bank.keyedPhone();
    const prompts = phone.prompts()[Symbol.asyncIterator]();
    const asked = next(prompts);
    const request = await bank.ask();
    expect((await asked).id).toBe(request.id);
    await bank.client.scopedToken.revoke({ subjectId: 'ada' });
    expect(await phone.waiting()).toHaveLength(1);
    await bank.client.authorizationRequest.cancel({ id: request.id });
    const again = next(prompts);
    const other = await bank.ask(2);
    expect((await again).id).toBe(other.id);
    await bank.client.device.revoke({ id });
    await expect(phone.waiting()).rejects.toMatchObject({ reason: 'unauthenticated' });
    await expect(next(prompts)).rejects.toMatchObject({ reason: 'unauthenticated' });
  });

  it('is left out where another one is asked', async () => {
    await using bank = await openBank();
    const one = await bank.keyedPhone({}, 'phone-1');
    const other = await bank.keyedPhone({}, 'phone-2');
    await bank.client.authorizationRequest.create({
      slug: 'transfer',
      subjectId: 'ada',
      data: { to: 'GB29', amountCents: 1 },
      factorIds: [other.id],
    });
    expect(await one.phone.waiting()).toEqual([]);
    expect(await other.phone.waiting()).toHaveLength(1);
  });
});
