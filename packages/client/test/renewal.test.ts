import { setTimeout as sleep } from 'node:timers/promises';
import { untilVisible } from '@countersign/core/testing';
import { describe, expect, it } from 'vitest';
import {
  attenuate,
  reasonOf,
  type AuthorizationRequest,
  type Block,
  type ClientOptions,
  type CountersignClient,
} from '../src/index.ts';
import { createClientKey } from '../src/device/index.ts';
import { openBank, type Bank } from './support/bank.ts';
import { collect } from './support/collect.ts';

/** Ada, with a real token of hers that can be revoked and replaced. */
interface Ada {
  readonly client: CountersignClient;
  /** The token that her client has now. */
  token: string;
  /** Revokes her token and gives her another. */
  replace(): Promise<void>;
  /** Revokes it and gives her none. */
  revoke(): Promise<void>;
}

type Issue = { maxAgeSeconds?: number; clientKeyThumbprint?: string };

async function issue({ client }: Bank, input: Issue = {}): Promise<{ id: string; token: string }> {
  const { id, token } = await client.scopedToken.issue({ subjectId: 'ada', preset: 'subject', ...input });
  if (token === null) throw new Error('no token was issued');
  return { id, token };
}

async function openAda(bank: Bank, options: Partial<ClientOptions> = {}, input: Issue = {}): Promise<Ada> {
  let held = await issue(bank, input);
  const ada: Ada = {
    token: held.token,
    client: bank.connect({ token: () => ada.token, ...options }),
    async replace() {
      const { id } = held;
      held = await issue(bank, input);
      ada.token = held.token;
      await bank.client.scopedToken.revoke({ id });
    },
    async revoke() {
      await bank.client.scopedToken.revoke({ id: held.id });
    },
  };
  return ada;
}

async function answer(bank: Bank, { id }: AuthorizationRequest, code = bank.newestCode()): Promise<boolean> {
  const { granted } = await bank.client.authorizationRequest.grant({
    id,
    proof: { method: 'otp', code },
  });
  return granted;
}

const wrong = (code: string): string => code.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
const shortType = ({ type }: { readonly type: string }): string => type.replace('authorization_request.', '');

describe.each(['websocket', 'sse'] as const)('over %s, a token that ends', (transport) => {
  it('loses and repeats no event of a stream, whether it was revoked or ran out', async () => {
    await using bank = await openBank({ transport });
    const ada = await openAda(bank, {}, { maxAgeSeconds: 60 });
    const { items } = collect(ada.client.event.stream({ from: 'start', slug: 'transfer' }));
    const types = (): string[] => items.map(shortType);
    const request = await bank.client.authorizationRequest.create(bank.transferOf(1));
    await expect.poll(types).toEqual(['created', 'challenged']);
    await ada.replace();
    expect(await answer(bank, request, wrong(bank.newestCode()))).toBe(false);
    await expect.poll(types).toEqual(['created', 'challenged', 'check_failed']);

    bank.server.clock.advance(60);
    ({ token: ada.token } = await issue(bank));
    expect(await answer(bank, request, wrong(bank.newestCode()))).toBe(false);
    expect(await answer(bank, request)).toBe(true);
    await expect.poll(types).toEqual(['created', 'challenged', 'check_failed', 'check_failed', 'granted']);
    expect(new Set(items.map(({ id }) => id)).size).toBe(5);
  });

  it('loses and repeats nothing across thirty replacements at random moments, with cuts between', async () => {
    await using bank = await openBank({ transport });
    const ada = await openAda(bank);
    const types = ['scoped_token.issued', 'scoped_token.revoked'] as const;
    const { items } = collect(ada.client.event.stream({ from: 'start', types }));
    await expect.poll(() => items.length).toBeGreaterThan(0);
    for (let turn = 0; turn < 30; turn += 1) {
      await ada.replace(); // Each is two events of hers.
      await sleep(Math.random() * 60);
      if (turn % 3 === 0) bank.network.cut();
    }
    const written: string[] = [];
    await untilVisible(bank.server.database);
    for await (const { id } of bank.client.event.list({ subjectId: 'ada', types })) written.push(id);
    expect(written).toHaveLength(61);
    await expect.poll(() => items.at(-1)?.id).toBe(written.at(-1));
    expect(items.map(({ id }) => id)).toEqual(written);
  }, 30_000);

  it('does not disturb who waits for a grant, nor who watches', async () => {
    await using bank = await openBank({ transport });
    const ada = await openAda(bank);
    const { id } = await bank.client.authorizationRequest.create(bank.transferOf(1));
    const request = await ada.client.authorizationRequest.get({ id });
    const waiting = request.granted();
    const { items } = collect(request.watch());
    const types = (): string[] => items.map(shortType);
    await expect.poll(types).toEqual(['snapshot']);
    await ada.replace();
    expect(await answer(bank, request, wrong(bank.newestCode()))).toBe(false);
    await expect.poll(types).toEqual(['snapshot', 'check_failed']);
    await ada.replace();
    expect(await answer(bank, request)).toBe(true);
    expect(await waiting).toMatchObject({ id, state: 'granted' });
    await expect.poll(types).toEqual(['snapshot', 'check_failed', 'granted']);
  });

  it('ends everything with unauthenticated when there is no other', async () => {
    await using bank = await openBank({ transport });
    const ada = await openAda(bank);
    const { id } = await bank.client.authorizationRequest.create(bank.transferOf(1));
    const request = await ada.client.authorizationRequest.get({ id });
    const waiting = request.granted();
    waiting.catch(() => undefined); // awaited below
    const stream = collect(ada.client.event.stream({ from: 'start', slug: 'transfer' }));
    await expect.poll(() => stream.items.length).toBe(2);
    await ada.revoke();
    await expect(waiting).rejects.toMatchObject({ reason: 'unauthenticated' });
    await expect(stream.ended).rejects.toMatchObject({ reason: 'unauthenticated' });
  });

  it('is replaced under a client key as well, with proofs that the server takes', async () => {
    await using bank = await openBank({ transport });
    const clientKey = await createClientKey({ now: () => bank.server.clock.now().getTime() });
    const bound = { clientKeyThumbprint: clientKey.thumbprint };
    const ada = await openAda(bank, { clientKey }, bound);
    const { items } = collect(ada.client.event.stream({ from: 'start', slug: 'transfer' }));
    await bank.client.authorizationRequest.create(bank.transferOf(1));
    await expect.poll(() => items.map(shortType)).toEqual(['created', 'challenged']);
    await ada.replace();
    const [request] = (await ada.client.authorizationRequest.list()).items;
    await ada.client.authorizationRequest.cancel({ id: request!.id });
    await expect.poll(() => items.map(shortType)).toEqual(['created', 'challenged', 'cancelled']);

    const thief = bank.connect({ token: ada.token });
    await expect(thief.authorizationRequest.list()).rejects.toMatchObject({ reason: 'unauthenticated' });
    await expect(collect(thief.event.stream()).ended).rejects.toMatchObject({ reason: 'unauthenticated' });
  });
});

it('a call is made again with the new token when the one it was sent with had been revoked', async () => {
  await using bank = await openBank();
  const ada = await openAda(bank);
  const { id } = await bank.client.authorizationRequest.create(bank.transferOf(1));
  const old = ada.token;
  await ada.replace();
  const [fresh, tokens] = [ada.token, [old]];
  const client = bank.connect({ token: () => tokens.shift() ?? fresh });
  expect(await client.authorizationRequest.cancel({ id })).toMatchObject({ id, state: 'cancelled' });
});

describe('a token that its holder has narrowed', () => {
  const narrowTo = async (bank: Bank, block: Block): Promise<CountersignClient> => {
    const { token } = await issue(bank);
    return bank.connect({ token: await attenuate(token, block) });
  };

  it('opens what the block lists, and nothing else', async () => {
    await using bank = await openBank();
    const { id } = await bank.client.authorizationRequest.create(bank.transferOf(1));
    const client = await narrowTo(bank, { scp: { rpc: { q: ['authorizationRequest.*'] } } });
    expect((await client.authorizationRequest.list()).items).toHaveLength(1);
    const cancelling = client.authorizationRequest.cancel({ id });
    expect(await cancelling.catch(reasonOf)).toBe('insufficient_scope');
    expect(await collect(client.event.stream()).ended.catch(reasonOf)).toBe('insufficient_scope');
  });

  it('ends when the block says, and can be revoked by its name alone', async () => {
    await using bank = await openBank();
    const exp = Math.floor(bank.server.clock.now().getTime() / 1000) + 60;
    const short = await narrowTo(bank, { exp });
    await short.authorizationRequest.list();
    bank.server.clock.advance(60);
    expect(await short.authorizationRequest.list().catch(reasonOf)).toBe('unauthenticated');

    const { id, token } = await issue(bank);
    const delegate = bank.connect({ token: await attenuate(token, { cid: 'bookkeeper' }) });
    await delegate.authorizationRequest.list();
    await bank.client.scopedToken.revoke({ id, delegateId: 'bookkeeper' });
    expect(await delegate.authorizationRequest.list().catch(reasonOf)).toBe('unauthenticated');
    await bank.connect({ token }).authorizationRequest.list();
  });
});
