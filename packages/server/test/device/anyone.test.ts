import { initTRPC } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import type { CountersignContext } from '../../src/index.ts';
import { openProcedure } from '../../src/trpc/procedure.ts';
import { startWithEveryMethod } from '../support/every-method.ts';
import { mutate } from '../support/http.ts';
import { openSocket, reasonOf } from '../support/socket.ts';
import { issue } from '../support/tokens.ts';
import { transfer, transferData } from '../support/transfer.ts';

const said = { uuid: 'phone-1', subjectId: 'ada' };
const none = { headers: { authorization: '' } };

describe('what anyone may call', () => {
  it('needs no credential, over HTTP, a WebSocket and in process', async () => {
    await using server = await startWithEveryMethod();
    expect(await mutate(server, 'device.nonce', said, none)).toMatchObject({ status: 200 });
    using socket = await openSocket(server.port);
    const nonce = await socket.call('mutation', 'device.nonce', said);
    expect(nonce.result?.data?.json).toMatchObject({ nonce: expect.any(String) as string });
    expect(reasonOf(await socket.call('query', 'device.list', {}))).toBe('unauthenticated');
    const caller = server.cs.router.createCaller(server.cs.context(null));
    expect(await caller.device.nonce(said)).toMatchObject({ nonce: expect.any(String) as string });
    await expect(caller.device.list()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('looks at no credential that comes along, so that who holds an ended one can get another', async () => {
    await using server = await startWithEveryMethod();
    const { id, token } = await issue(server, { preset: 'subject' });
    const { core } = server.cs;
    await core.scopedToken.revoke(core.context({ kind: 'service' }), { id });
    for (const authorization of [
      `Bearer ${token}`,
      `Bearer ${token.slice(0, -4)}AAAA`,
      `Bearer csk_${'a'.repeat(40)}`,
      'Basic YWRhOmFkYQ==',
      `Bearer ${token}, ${server.credential.authorization}`,
    ]) {
      const init = { headers: { authorization } };
      expect(await mutate(server, 'device.nonce', said, init)).toMatchObject({ status: 200 });
      expect((await mutate(server, 'device.list', said, init)).status).not.toBe(200);
    }
  });

  it('acts for nobody, whoever presents what: no `context`, and nothing of anybody’s is found', async () => {
    await using server = await startWithEveryMethod({ operations: { transfer } });
    const passing = { ...said, context: { ip: '::1' } };
    for (const init of [none, {}])
      expect((await mutate(server, 'device.nonce', passing, init)).error?.data.reason).toBe('forbidden');

    const { id } = await server.cs.createCaller({ kind: 'service' }).authorizationRequest.create({
      slug: 'transfer',
      subjectId: 'ada',
      data: transferData,
      deliverTo: { channel: 'email', address: 'ada@example.org' },
    });
    // A procedure that was made open by mistake: even there core finds nothing.
    const t = initTRPC.context<CountersignContext>().create();
    const mistake = t.router({
      get: openProcedure('test.get').query(({ ctx }) => ctx.core.authorizationRequest.get(ctx.call, { id })),
      list: openProcedure('test.list').query(({ ctx }) => ctx.core.authorizationRequest.list(ctx.call, {})),
      events: openProcedure('test.events').query(({ ctx }) => ctx.core.event.list(ctx.call, {})),
    });
    const caller = mistake.createCaller(server.cs.context({ kind: 'service' }));
    await expect(caller.get()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await caller.list()).items).toEqual([]);
    expect((await caller.events()).items).toEqual([]);
  });

  it('has the same entrance: an input that is looked through first, and the shape of every error', async () => {
    await using server = await startWithEveryMethod();
    for (const json of [{ ...said, ['constructor']: 1 }, { ...said, unknown: 1 }, { uuid: '' }, [], null]) {
      const body = JSON.stringify({ json });
      const response = await fetch(`${server.url}/trpc/device.authenticate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        error: {
          json: { data: { reason: 'invalid_input', details: { issues: expect.any(Array) as unknown[] } } },
        },
      });
    }
  });

  it('takes one guess a request', async () => {
    await using server = await startWithEveryMethod();
    const json = { ...said, secret: 'A'.repeat(43) };
    const response = await fetch(`${server.url}/trpc/device.authenticate,device.authenticate?batch=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ 0: { json }, 1: { json } }),
    });
    expect(await response.json()).toMatchObject([
      { error: { json: { data: { reason: 'unauthenticated' } } } },
      { error: { json: { data: { reason: 'invalid_input' } } } },
    ]);
  });

  it('is ours to the audit of a router, and works where a host has nested it', async () => {
    await using server = await startWithEveryMethod();
    const t = initTRPC.context<CountersignContext>().create();
    const host = t.router({ countersign: server.cs.router });
    await expect(server.cs.audit(host)).resolves.toBeUndefined();
    const caller = host.createCaller(server.cs.context(null));
    expect(await caller.countersign.device.nonce(said)).toMatchObject({
      nonce: expect.any(String) as string,
    });
    await expect(caller.countersign.factor.list()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });
});
