import type { AuthorizationRequestView } from '@countersign/core';
import { plant, untilVisible } from '@countersign/core/testing';
import { describe, expect, it } from 'vitest';
import type { TestServer } from '../../testing/index.ts';
import { clientWith, serviceClient } from '../support/client.ts';
import { startWithEveryMethod } from '../support/every-method.ts';
import { mutate, query } from '../support/http.ts';
import { createPhone, type Phone } from '../support/phone.ts';
import { openSocket } from '../support/socket.ts';
import { bearer, issue } from '../support/tokens.ts';
import { transfer, transferData } from '../support/transfer.ts';

const operations = { transfer };

interface Paired {
  readonly phone: Phone;
  readonly factorId: string;
  /** What the phone sends with its calls. */
  readonly headers: { readonly authorization: string };
}

/** The service registers it; the phone says who it is, without any credential. */
async function pair(server: TestServer, uuid = 'phone-1', subjectId = 'ada'): Promise<Paired> {
  const phone = createPhone(uuid);
  const input = { subjectId, uuid, publicKey: phone.publicKey };
  const { device } = await serviceClient(server).device.register.mutate(input);
  return { phone, factorId: device.id, headers: await authenticate(server, phone, subjectId) };
}

async function authenticate(server: TestServer, phone: Phone, subjectId = 'ada') {
  const nobody = clientWith(server);
  const { uuid } = phone;
  const { nonce } = await nobody.device.nonce.mutate({ uuid, subjectId });
  const signature = phone.signature(subjectId, nonce);
  const { token } = await nobody.device.authenticate.mutate({ uuid, subjectId, nonce, signature });
  return bearer(token!);
}

let amountCents = 0;

/** Each for another amount: the same again is refused for a minute after a denial. */
async function ask(server: TestServer, headers = server.credential): Promise<AuthorizationRequestView> {
  amountCents += 1;
  const data = { ...transferData, amountCents };
  const input = { slug: 'transfer', subjectId: 'ada', data };
  return await clientWith(server, headers).authorizationRequest.create.mutate(input);
}

function other(digits: string): string {
  return digits.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
}

describe('a device that the service has registered', () => {
  it('says who it is without a credential, once by each nonce, and its token opens what a device may do', async () => {
    await using server = await startWithEveryMethod({ operations });
    const { phone, factorId, headers } = await pair(server);
    const nobody = clientWith(server);
    const said = { uuid: phone.uuid, subjectId: 'ada' };
    const { nonce } = await nobody.device.nonce.mutate(said);
    const proof = { ...said, nonce, signature: phone.signature('ada', nonce) };
    expect(await nobody.device.authenticate.mutate(proof)).toMatchObject({
      token: expect.stringMatching(/^cst1\./) as string,
    });
    await expect(nobody.device.authenticate.mutate(proof)).rejects.toMatchObject({
      data: { reason: 'unauthenticated', httpStatus: 401 },
    });

    const own = clientWith(server, headers);
    expect(await own.device.list.query()).toMatchObject([
      { id: factorId, uuid: 'phone-1', keyed: true, isPrimary: true, status: 'confirmed' },
    ]);
    const { id, challenge } = await ask(server);
    expect(challenge).toMatchObject({ method: 'device' });
    expect(await own.authorizationRequest.get.query({ id })).toMatchObject({ id, state: 'waiting' });

    const closed = [
      ['authorizationRequest.consume', { id, slug: 'transfer', subjectId: 'ada', data: transferData }],
      ['authorizationRequest.cancel', { id }],
      ['authorizationRequest.challenge', { id }],
      ['factor.create', { methodId: 'totp' }],
      ['factor.remove', { id: factorId }],
      ['device.register', { uuid: 'phone-2' }],
      ['device.setPrimary', { id: factorId }],
      ['device.revoke', { id: factorId }],
      ['confirmation.request', { factorId }],
    ] as const;
    for (const [path, input] of closed) {
      const answer = await mutate(server, path, input, { headers });
      expect({ path, reason: answer.error?.data.reason }).toEqual({ path, reason: 'insufficient_scope' });
    }
    // And where a wider token is handed to it, its kind of actor may not.
    const caller = server.cs.createCaller({ kind: 'device', subjectId: 'ada', factorId });
    for (const [path, input] of closed) {
      const [group = '', verb = ''] = path.split('.');
      const call = (
        caller as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>
      )[group]?.[verb];
      await expect(call?.(input)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  it('has a secret where it has no key: shown once, and found nowhere afterwards', async () => {
    await using server = await startWithEveryMethod({ operations });
    const service = serviceClient(server);
    const input = { subjectId: 'ada', uuid: 'old-phone', idempotencyKey: 'register-1' };
    const { device, secret } = await service.device.register.mutate(input);
    plant(secret!);
    expect(await service.device.register.mutate(input)).toEqual({ device, secret: null });
    const said = { uuid: 'old-phone', subjectId: 'ada' };
    const nobody = clientWith(server);
    const repeated = { ...said, secret: secret!, idempotencyKey: 'authenticate-1' };
    const first = await nobody.device.authenticate.mutate(repeated);
    expect(first.token).toMatch(/^cst1\./);
    expect(await nobody.device.authenticate.mutate(repeated)).toEqual({ ...first, token: null });

    const { id, challenge } = await ask(server);
    const digits = challenge!.digits!;
    expect(digits).toMatch(/^\d{6}$/);
    const proof = { method: 'device', uuid: 'old-phone', secret: secret!, digits };
    const granted = await clientWith(server, bearer(first.token!)).authorizationRequest.grant.mutate({
      id,
      proof,
    });
    expect(granted).toMatchObject({ granted: true, request: { binding: 'server' } });

    // A stranger learns nothing from a refusal: neither which part was wrong nor whether there is such a device.
    const refusals = await Promise.all(
      [
        { ...said, secret: 'A'.repeat(43) },
        { ...said, subjectId: 'bob', secret: secret! },
        { ...said, uuid: 'no-phone', secret: secret! },
        { ...said, secret: 'short' },
        { ...said, nonce: 'A'.repeat(80), signature: 'A'.repeat(86) },
      ].map((wrong) => mutate(server, 'device.authenticate', wrong, { headers: { authorization: '' } })),
    );
    for (const { status, text } of refusals) expect([status, text]).toEqual([401, refusals[0]!.text]);
  });

  it('grants by a signature over what it was shown, with the digits that only the asking screen has', async () => {
    await using server = await startWithEveryMethod({ operations });
    const { phone, headers } = await pair(server);
    const token = async (sessionId: string) =>
      bearer((await issue(server, { preset: 'subject', subjectId: 'ada', sessionId })).token);
    const [asking, elsewhere] = [await token('session-1'), await token('session-2')];
    const { id } = await ask(server);
    const path = 'authorizationRequest.challenge';
    server.clock.advance(61);
    const asked = await mutate(server, path, { id, method: 'device' }, { headers: asking });
    const { digits } = asked.result as { digits: string };
    expect(digits).toMatch(/^\d{3}$/);

    const shown = async (by: Record<string, string>) => {
      const answer = await query(server, 'authorizationRequest.get', { id }, { headers: by });
      return (answer.result as AuthorizationRequestView).challenge?.digits;
    };
    expect(await shown(asking)).toBe(digits);
    for (const by of [elsewhere, headers, server.credential]) expect(await shown(by)).toBeNull();
    await untilVisible(server.database);
    for (const by of [asking, elsewhere, headers, server.credential])
      for (const [listing, input] of [
        ['authorizationRequest.list', { subjectId: 'ada' }],
        ['event.list', { subjectId: 'ada' }],
      ] as const) {
        const { text, status } = await query(server, listing, input, { headers: by });
        expect(status).toBe(200);
        expect(text).not.toMatch(new RegExp(`"digits":"${digits}"`));
        expect(text).not.toMatch(/"digits":"/);
      }

    const own = clientWith(server, headers);
    const view = await own.authorizationRequest.get.query({ id });
    const granted = await own.authorizationRequest.grant.mutate({
      id,
      proof: phone.proof('grant', view, digits),
    });
    expect(granted).toMatchObject({ granted: true, request: { state: 'granted', binding: 'cryptographic' } });
  });

  it('watches and grants over a WebSocket; a signature over other values, or to deny, grants nothing', async () => {
    await using server = await startWithEveryMethod({ operations });
    const { phone, headers } = await pair(server);
    using socket = await openSocket(server.port, { params: headers });
    const request = await ask(server);
    const digits = request.challenge!.digits!;
    const started = await socket.subscribe('authorizationRequest.watch', { id: request.id }, 'watch');
    expect(started.result?.type).toBe('started');
    const snapshot = await socket.answer(({ id, result }) => id === 'watch' && result?.type === 'data');
    expect(JSON.stringify(snapshot)).toContain(request.id);
    expect(JSON.stringify(snapshot)).not.toContain(`"digits":"${digits}"`);

    const grant = (id: string, proof: unknown) =>
      socket.call('mutation', 'authorizationRequest.grant', { id, proof });
    const denial = await grant(request.id, phone.proof('deny', request, digits));
    expect(denial.result?.data?.json).toMatchObject({ granted: false });
    await serviceClient(server).authorizationRequest.cancel.mutate({ id: request.id });

    const second = await ask(server);
    const changed = phone.proof(
      'grant',
      { ...second, dataHash: request.dataHash },
      second.challenge!.digits!,
    );
    const forged = await grant(second.id, changed);
    expect(forged.result?.data?.json).toMatchObject({ granted: false });

    await serviceClient(server).authorizationRequest.cancel.mutate({ id: second.id });
    const third = await ask(server);
    const proof = phone.proof('grant', third, third.challenge!.digits!);
    const granted = await grant(third.id, proof);
    expect(granted.result?.data?.json).toMatchObject({ granted: true });
  });

  it('wrong digits end the challenge: the right ones come too late, until it is asked again', async () => {
    await using server = await startWithEveryMethod({ operations });
    const { phone, headers } = await pair(server);
    const request = await ask(server);
    const digits = request.challenge!.digits!;
    const own = clientWith(server, headers);
    const grant = (view: AuthorizationRequestView, typed: string) =>
      own.authorizationRequest.grant.mutate({ id: view.id, proof: phone.proof('grant', view, typed) });
    expect(await grant(request, other(digits))).toMatchObject({ granted: false, attemptsLeft: 4 });
    expect(await own.authorizationRequest.get.query({ id: request.id })).toMatchObject({ challenge: null });
    expect(await grant(request, digits)).toMatchObject({ granted: false });

    server.clock.advance(61);
    const service = serviceClient(server);
    await service.authorizationRequest.challenge.mutate({ id: request.id });
    const anew = await service.authorizationRequest.get.query({ id: request.id });
    expect(await grant(anew, anew.challenge!.digits!)).toMatchObject({ granted: true });
  });

  it('"not me", signed, is reported and mutes; without its signature it is a refusal like any other', async () => {
    await using server = await startWithEveryMethod({ operations });
    const { phone, headers } = await pair(server);
    const own = clientWith(server, headers);
    const unsigned = await ask(server);
    expect(await own.authorizationRequest.deny.mutate({ id: unsigned.id, reason: 'not_me' })).toMatchObject({
      state: 'denied',
      reason: 'declined',
    });
    const request = await ask(server);
    const proof = phone.proof('deny', request, '');
    expect(
      await own.authorizationRequest.deny.mutate({ id: request.id, reason: 'not_me', proof }),
    ).toMatchObject({
      state: 'denied',
      reason: 'not_me',
    });
    await expect(ask(server)).rejects.toMatchObject({
      data: { reason: 'rate_limited', httpStatus: 429 },
    });
    await untilVisible(server.database);
    const { items } = await serviceClient(server).event.list.query({ types: ['abuse.reported'] });
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ subjectId: 'ada' });
  });

  it('is revoked by its subject only with a grant; then its token and its key are dead at once', async () => {
    await using server = await startWithEveryMethod({ operations });
    const { phone, factorId, headers } = await pair(server);
    const second = await pair(server, 'phone-2');
    const foreign = bearer((await issue(server, { preset: 'subject', subjectId: 'bob' })).token);
    const stranger = await mutate(server, 'device.revoke', { id: factorId }, { headers: foreign });
    expect(stranger).toMatchObject({ status: 404, error: { data: { reason: 'not_found' } } });
    expect((await query(server, 'device.list', { subjectId: 'ada' }, { headers: foreign })).result).toEqual(
      [],
    );

    const { token } = await issue(server, { preset: 'subject', sessionId: 'session-1' });
    const ada = bearer(token);
    for (const [path, id, answer] of [
      ['device.setPrimary', second.factorId, { isPrimary: true }],
      ['device.revoke', factorId, { id: factorId }],
    ] as const) {
      const refused = await mutate(server, path, { id }, { headers: ada });
      expect(refused).toMatchObject({ status: 428, error: { data: { reason: 'authorization_required' } } });
      const request = refused.error!.data.authorizationRequest as AuthorizationRequestView;
      expect(request).toMatchObject({
        slug: `countersign.${path}`,
        state: 'waiting',
        requiredBinding: 'cryptographic',
      });
      const client = clientWith(server, ada);
      const view = await client.authorizationRequest.get.query({ id: request.id });
      const proof = second.phone.proof('grant', view, view.challenge?.digits ?? '');
      expect(
        await clientWith(server, second.headers).authorizationRequest.grant.mutate({ id: view.id, proof }),
      ).toMatchObject({ granted: true });
      expect((await mutate(server, path, { id }, { headers: ada })).result).toMatchObject(answer);
    }

    expect(await query(server, 'device.list', {}, { headers })).toMatchObject({ status: 401 });
    await expect(authenticate(server, phone)).rejects.toMatchObject({ data: { reason: 'unauthenticated' } });
    expect(await clientWith(server, second.headers).device.list.query()).toMatchObject([{ uuid: 'phone-2' }]);
  });
});
