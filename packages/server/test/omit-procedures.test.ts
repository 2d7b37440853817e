import { TRPCError, initTRPC } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { UndeclaredProceduresError, type CountersignContext } from '../src/index.ts';
import { procedureNames } from '../src/omit-procedures.ts';
import { parseOptions } from '../src/options.ts';
import { router } from '../src/router.ts';
import { mutate, query } from './support/http.ts';
import { sharedServer } from './support/shared-server.ts';
import { openSocket, reasonOf } from './support/socket.ts';
import { bearer, issue } from './support/tokens.ts';
import { transfer, transferRequest } from './support/transfer.ts';

const omit = ['method.list', 'serviceKey', 'event.stream'] as const;
const shared = sharedServer({ operations: { transfer }, procedures: { omit } });

describe('a procedure that is left out', () => {
  it('is answered over HTTP like one that never was, also in a batch, and whoever asks', async () => {
    const { token } = await issue(shared(), {
      scope: { rpc: { q: ['method.*', 'serviceKey.list'], m: ['serviceKey.*'], s: ['event.stream'] } },
    });
    for (const init of [{}, { headers: bearer(token) }, { headers: { authorization: '' } }]) {
      const unknown = await query(shared(), 'method.never', {}, init);
      expect(unknown.status).toBe(404);
      for (const path of ['method.list', 'serviceKey.list', 'event.stream']) {
        const answer = await query(shared(), path, {}, init);
        expect([answer.status, answer.text]).toEqual([unknown.status, unknown.text]);
      }
      expect((await mutate(shared(), 'serviceKey.create', { title: 'x' }, init)).status).toBe(404);
    }
    const batch = await fetch(`${shared().url}/trpc/method.list,event.list?batch=1`, {
      headers: shared().credential,
    });
    expect(await batch.json()).toMatchObject([
      { error: { json: { data: { reason: 'not_found' } } } },
      { result: { data: {} } },
    ]);
  });

  it('is nothing over a WebSocket and in process either', async () => {
    using socket = await openSocket(shared().port, { params: shared().credential });
    expect(reasonOf(await socket.call('query', 'method.list', {}))).toBe('not_found');
    expect(reasonOf(await socket.subscribe('event.stream', {}))).toBe('not_found');
    const caller = shared().cs.createCaller({ kind: 'service' });
    const error: unknown = await caller.method.list().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TRPCError);
    expect(error).toMatchObject({ code: 'NOT_FOUND' });
    const operator = shared().cs.createCaller({ kind: 'operator' });
    await expect(operator.serviceKey.create({ title: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('takes nothing else with it: its neighbours and the domain below work', async () => {
    const caller = shared().cs.createCaller({ kind: 'service' });
    const { id } = await caller.authorizationRequest.create(transferRequest);
    expect((await query(shared(), 'authorizationRequest.get', { id })).status).toBe(200);
    expect((await query(shared(), 'event.list', {})).status).toBe(200);
    expect(await shared().cs.core.method.list(shared().cs.core.context({ kind: 'service' }))).toHaveLength(1);
    expect(Object.keys(router._def.procedures)).toEqual(
      expect.arrayContaining(['method.list', 'serviceKey.create', 'event.stream']),
    );
  });
});

describe('a procedure of the host in its place', () => {
  const t = initTRPC.context<CountersignContext>().create();
  const nested = (own: object) => t.router({ countersign: shared().cs.router, ...own });

  it('stands under a key of the host, and passes the audit', async () => {
    const { cs } = shared();
    const list = t.procedure.concat(cs.scoped).query(() => ['ours']);
    const appRouter = nested({ bank: t.router({ methods: t.router({ list }) }) });
    await cs.audit(appRouter);
    const caller = appRouter.createCaller(cs.context({ kind: 'service' })) as unknown as {
      bank: { methods: { list(): Promise<string[]> } };
      countersign: { method: { list(): Promise<unknown> } };
    };
    expect(await caller.bank.methods.list()).toEqual(['ours']);
    await expect(caller.countersign.method.list()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('does not get the name of ours: a token for ours would open it', async () => {
    const { cs } = shared();
    const list = t.procedure.concat(cs.scoped).query(() => ['ours']);
    await expect(cs.audit(nested({ method: t.router({ list }) }))).rejects.toThrow(UndeclaredProceduresError);
  });
});

describe('the option', () => {
  const options = {
    issuer: 'Acme Bank',
    audience: 'bank.example',
    methods: [],
    secret: Buffer.alloc(32, 1).toString('base64'),
    database: 'postgresql://localhost:5432/bank',
  };

  it.each([
    ['factors'],
    ['method.lists'],
    ['Method'],
    ['method.'],
    ['list'],
    ['method.list.x'],
    ['__proto__'],
    ['constructor'],
    ['toString'],
    [''],
    [1],
  ])('refuses %j, and names those there are', (name) => {
    const parse = () => parseOptions({ ...options, procedures: { omit: ['method.list', name as never] } });
    expect(parse).toThrow('procedures.omit[1]');
    expect(parse).toThrow(/authorizationRequest\.create.*method, method\.list/s);
  });

  it('takes the name of every procedure and every group, and leaves nothing out unless it is said', () => {
    expect(parseOptions({ ...options, procedures: { omit: procedureNames } }).procedures.omit).toEqual(
      procedureNames,
    );
    const paths = procedureNames.filter((name) => name.includes('.'));
    expect(paths).toEqual(Object.keys(router._def.procedures));
    expect(parseOptions(options).procedures.omit).toEqual([]);
  });
});
