import { attenuateScopedToken, inspectScopedToken } from '@countersign/core/scoped-token';
import { defineOperation } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { router } from '../../src/router.ts';
import { mutate, query } from '../support/http.ts';
import { sharedServer } from '../support/shared-server.ts';
import { bearer, issue } from '../support/tokens.ts';
import { transfer, transferRequest } from '../support/transfer.ts';

const note = defineOperation({
  slug: 'note',
  data: z.strictObject({ text: z.string() }),
  title: 'Change a note',
  facts: ({ text }) => ({ Text: text }),
  session: 'any',
  clientCreatable: true,
});
const shared = sharedServer({ operations: { transfer, note } });

const factorId = 'fact_02krzp8z1wf44ar7tqdm83kv4c';
const ask = (path: string, input: unknown, token: string) =>
  query(shared(), path, input, { headers: bearer(token) });
const tell = (path: string, input: unknown, token: string) =>
  mutate(shared(), path, input, { headers: bearer(token) });
const reason = ({ error }: Awaited<ReturnType<typeof query>>) => error?.data.reason;

/** No credential opens these, and none closes them. */
const anyone = ['device.nonce', 'device.authenticate'];

let amountCents = 100;

/** Each for another amount: the same again is refused for a minute after a denial. */
async function created(input: object = {}): Promise<string> {
  amountCents += 1;
  const data = { ...transferRequest.data, amountCents };
  const { result } = await mutate(shared(), 'authorizationRequest.create', {
    ...transferRequest,
    data,
    ...input,
  });
  return (result as { id: string }).id;
}

describe('the preset', () => {
  const opened = async (preset: 'subject' | 'device') => {
    const { token } = await issue(shared(), { preset, ...(preset === 'device' && { sessionId: factorId }) });
    const inspection = inspectScopedToken(token);
    if (!inspection.ok || Array.isArray(inspection.scope)) throw new Error('no scope');
    return (inspection.scope as { rpc: object }).rpc;
  };

  it('subject is the “own” rows of the contract without factor, device.register and scopedToken', async () => {
    expect(await opened('subject')).toEqual({
      q: [
        'authorizationRequest.get',
        'authorizationRequest.list',
        'confirmation.check',
        'device.list',
        'event.list',
      ],
      m: [
        'authorizationRequest.challenge',
        'authorizationRequest.check',
        'authorizationRequest.grant',
        'authorizationRequest.deny',
        'authorizationRequest.cancel',
        'authorizationRequest.reset',
        'confirmation.request',
        'confirmation.confirm',
        'device.setPrimary',
        'device.revoke',
      ],
      s: ['authorizationRequest.watch', 'event.stream'],
    });
  });

  it('device is what the contract lists, word for word', async () => {
    expect(await opened('device')).toEqual({
      q: ['authorizationRequest.get', 'authorizationRequest.list', 'device.list', 'event.list'],
      m: ['authorizationRequest.grant', 'authorizationRequest.deny'],
      s: ['authorizationRequest.watch', 'event.stream'],
    });
  });

  it('opens every one of its procedures that there is, and closes every other', async () => {
    for (const preset of ['subject', 'device'] as const) {
      const { token } = await issue(shared(), {
        preset,
        ...(preset === 'device' && { sessionId: factorId }),
      });
      const open = JSON.stringify(await opened(preset));
      for (const [path, procedure] of Object.entries(router._def.procedures)) {
        const { type } = (procedure as unknown as { _def: { type: string } })._def;
        if (type === 'subscription' || anyone.includes(path)) continue;
        const answer = await (type === 'query' ? ask : tell)(path, {}, token);
        expect({ preset, path, closed: reason(answer) === 'insufficient_scope' }).toEqual({
          preset,
          path,
          closed: !open.includes(`"${path}"`),
        });
      }
    }
  });
});

describe('a subject by its token', () => {
  it('sees and decides its own requests, and those of nobody else', async () => {
    const { token } = await issue(shared(), { preset: 'subject' });
    const own = await created();
    const foreign = await created({
      subjectId: 'eve',
      deliverTo: { channel: 'email', address: 'eve@example.org' },
    });
    expect(reason(await ask('authorizationRequest.get', { id: own }, token))).toBeUndefined();
    expect(reason(await tell('authorizationRequest.deny', { id: own }, token))).toBeUndefined();
    const unknown = await ask('authorizationRequest.get', { id: 'areq_02krzp8z1wf44ar7tqdm83kv4c' }, token);
    expect(reason(unknown)).toBe('not_found');
    for (const path of ['challenge', 'grant', 'deny', 'cancel', 'reset'])
      expect(
        reason(
          await tell(
            `authorizationRequest.${path}`,
            path === 'grant' ? { id: foreign, proof: { method: 'otp', code: '12345678' } } : { id: foreign },
            token,
          ),
        ),
      ).toBe('not_found');
    expect((await ask('authorizationRequest.get', { id: foreign }, token)).text).toBe(unknown.text);
    const { result } = await ask('authorizationRequest.list', {}, token);
    expect(
      (result as { items: { subjectId: string }[] }).items.every(({ subjectId }) => subjectId === 'ada'),
    ).toBe(true);
  });

  it('sees what is bound to a session with a token of that session alone; no session is no session', async () => {
    const bound = await created({ sessionId: 'session-1' });
    const seen = async (sessionId?: string) => {
      const { token } = await issue(shared(), {
        preset: 'subject',
        ...(sessionId !== undefined && { sessionId }),
      });
      return reason(await ask('authorizationRequest.get', { id: bound }, token)) === undefined;
    };
    expect([await seen('session-1'), await seen('session-2'), await seen()]).toEqual([true, false, false]);
  });

  it('creates only what its operation lets clients create, and says only what a client may say', async () => {
    const { token } = await issue(shared(), { scope: { rpc: { m: ['authorizationRequest.create'] } } });
    const make = async (input: object) => reason(await tell('authorizationRequest.create', input, token));
    expect(await make({ slug: 'transfer', data: transferRequest.data })).toBe('forbidden');
    for (const extra of [
      { subjectId: 'eve' },
      { title: 'Nothing to see' },
      { sessionId: 'session-1' },
      { deliverTo: { channel: 'email', address: 'eve@example.org' } },
      { context: {} },
      { expiresInSeconds: 60 },
    ])
      expect({ extra, reason: await make({ slug: 'note', data: { text: 'a' }, ...extra }) }).toEqual({
        extra,
        reason: 'forbidden',
      });
  });

  it('is told no digit, code or secret, and the public payload of events alone', async () => {
    const { token } = await issue(shared(), { preset: 'subject' });
    await created({ context: { secretOfTheService: 'canary' } });
    await expect
      .poll(async () => (await query(shared(), 'event.list', { subjectId: 'ada' })).text)
      .toContain('canary');
    const { text } = await ask('event.list', {}, token);
    expect(text).toContain('authorization_request.created');
    expect(text).not.toContain('canary');
  });
});

describe('a device by its token', () => {
  it('is who the session of the token names, reads its subject’s requests, and never consumes or manages', async () => {
    const verbs = ['authorizationRequest.*', 'scopedToken.*', 'serviceKey.*'];
    const scope = { rpc: { q: ['authorizationRequest.*'], m: verbs } };
    const { token } = await issue(shared(), { scope, sessionId: factorId });
    const bound = await created({ sessionId: 'session-of-a-browser' });
    expect(reason(await ask('authorizationRequest.get', { id: bound }, token))).toBeUndefined();
    for (const [path, input] of [
      ['authorizationRequest.challenge', { id: bound }],
      ['authorizationRequest.cancel', { id: bound }],
      ['authorizationRequest.reset', { id: bound }],
      [
        'authorizationRequest.consume',
        { id: bound, slug: 'transfer', subjectId: 'ada', data: transferRequest.data },
      ],
      ['scopedToken.issue', { scope: {} }],
      ['scopedToken.revoke', { subjectId: 'ada' }],
      ['serviceKey.create', { title: 'mine' }],
    ] as const)
      expect({ path, reason: reason(await tell(path, input, token)) }).toEqual({ path, reason: 'forbidden' });
  });
});

describe('a subject issues', () => {
  it('by narrowing the token it presents: the same id, a block more, never later', async () => {
    const scope = {
      rpc: { q: ['authorizationRequest.get', 'event.list'], m: ['scopedToken.issue', 'scopedToken.revoke'] },
    };
    const { id, token, expiresAt } = await issue(shared(), { scope, maxAgeSeconds: 600 });
    const input = { scope: { rpc: { q: ['event.list'] } }, maxAgeSeconds: 60, delegateId: 'worker' };
    const { result } = await tell('scopedToken.issue', input, token);
    const narrowed = result as { token: string; id: string; expiresAt: Date };
    expect(narrowed.id).toBe(id);
    expect(narrowed.expiresAt.getTime()).toBeLessThan(expiresAt.getTime());
    expect(narrowed.token.startsWith(token.slice(0, token.lastIndexOf('.')))).toBe(true);
    expect(reason(await ask('event.list', {}, narrowed.token))).toBeUndefined();
    expect(reason(await ask('authorizationRequest.list', {}, narrowed.token))).toBe('insufficient_scope');
    expect(reason(await tell('scopedToken.issue', input, narrowed.token))).toBe('insufficient_scope');
    expect(reason(await tell('scopedToken.issue', { ...input, maxAgeSeconds: 6_000 }, token))).toBe(
      'lifetime_too_long',
    );
    expect(
      reason(await tell('scopedToken.issue', { ...input, scope: { rpc: { q: ['method.list'] } } }, token)),
    ).toBe('scope_too_wide');
    expect(reason(await tell('scopedToken.revoke', { id, delegateId: 'worker' }, token))).toBeUndefined();
    expect(reason(await ask('event.list', {}, narrowed.token))).toBe('unauthenticated');
    expect(reason(await ask('event.list', {}, token))).toBeUndefined();
  });

  it('nothing when the host’s own session names it: there is no token to narrow', async () => {
    const caller = shared().cs.createCaller({ kind: 'subject', subjectId: 'ada', sessionId: null });
    await expect(caller.scopedToken.issue({ scope: { rpc: { q: ['event.list'] } } })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('keeps carrier and binding: what is left out of a block stays as it was', async () => {
    const { token } = await issue(shared(), {
      scope: { rpc: { m: ['scopedToken.issue'], q: ['event.list'] } },
    });
    const forHeaders = attenuateScopedToken(token, { car: 'h' });
    const { result } = await tell('scopedToken.issue', { scope: { rpc: { q: ['event.list'] } } }, forHeaders);
    const inspection = inspectScopedToken((result as { token: string }).token);
    expect(inspection).toMatchObject({ ok: true, restrictions: { carriers: 'h' } });
  });
});
