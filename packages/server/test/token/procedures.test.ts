import { attenuateScopedToken } from '@countersign/core/scoped-token';
import { initTRPC, lazy } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { randomBytes } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { CountersignContext } from '../../src/index.ts';
import { startTestServer } from '../../testing/index.ts';
import { mutate, query, read } from '../support/http.ts';
import { sharedServer } from '../support/shared-server.ts';
import { openSocket, reasonOf } from '../support/socket.ts';
import { bearer, issue } from '../support/tokens.ts';
import { transfer, transferRequest } from '../support/transfer.ts';

const shared = sharedServer({ operations: { transfer }, scopedToken: { legacySchemes: ['TmpToken'] } });

const get = (headers: Record<string, string>, path: string, search = '') =>
  fetch(`${shared().url}/trpc/${path}${search}`, { headers });
const inputs = (...values: unknown[]) =>
  `?batch=1&input=${encodeURIComponent(JSON.stringify(Object.fromEntries(values.map((json, at) => [at, { json }]))))}`;

/** The reason of each answer of a batch; null for a result. */
async function reasons(response: Response): Promise<(string | null)[]> {
  const answers = (await response.json()) as { error?: { json: { data: { reason: string } } } }[];
  return answers.map(({ error }) => error?.json.data.reason ?? null);
}

describe('a token opens', () => {
  it('the procedure its scope lists, and no other', async () => {
    const { token } = await issue(shared(), { scope: { rpc: { q: ['method.list'] } } });
    const headers = bearer(token);
    expect((await query(shared(), 'method.list', undefined, { headers })).status).toBe(200);
    for (const path of ['event.list', 'authorizationRequest.list', 'scopedToken.list']) {
      const answer = await query(shared(), path, undefined, { headers });
      expect(answer).toMatchObject({ status: 403, error: { data: { reason: 'insufficient_scope' } } });
    }
  });

  it('only the type it names: a query granted as a mutation is closed', async () => {
    const scope = { rpc: { m: ['method.list'], s: ['method.list'] } };
    const { token } = await issue(shared(), { scope });
    const answer = await query(shared(), 'method.list', undefined, { headers: bearer(token) });
    expect(answer.error?.data.reason).toBe('insufficient_scope');
  });

  it('nothing by an HTTP grant, however wide', async () => {
    const { token } = await issue(shared(), { scope: { http: { GET: ['/trpc/**'], POST: ['/trpc/**'] } } });
    const answer = await query(shared(), 'method.list', undefined, { headers: bearer(token) });
    expect(answer.error?.data.reason).toBe('insufficient_scope');
  });

  it('each call of a batch by itself, wherever it stands', async () => {
    const { token } = await issue(shared(), { scope: { rpc: { q: ['method.list'] } } });
    const paths = ['method.list', 'event.list', 'method.list', 'authorizationRequest.list'];
    for (const comma of [',', '%2C', '%2c']) {
      const response = await get(bearer(token), paths.join(comma), inputs({}, {}, {}, {}));
      expect(await reasons(response)).toEqual([null, 'insufficient_scope', null, 'insufficient_scope']);
    }
  });

  it('nothing more when names are encoded, repeated or dressed up', async () => {
    const { token } = await issue(shared(), { scope: { rpc: { q: ['method.list'] } } });
    const dressed = [
      'event%2Elist',
      '%65vent.list',
      'method.list%2C%65vent.list',
      'method.list/../event.list',
      'method.list/event.list',
      'method.list%00event.list',
      'method.list;event.list',
      'method.list%20,event.list',
      'METHOD.LIST',
      'method.list.',
      '.method.list',
      'method..list',
    ];
    for (const path of dressed) {
      const response = await get(bearer(token), path, '?input=%7B%22json%22%3A%7B%7D%7D');
      const text = await response.text();
      expect({ path, opened: text.includes('"items"') }).toEqual({ path, opened: false });
      if (response.ok) expect(text).toContain('"otp"');
    }
  });

  it('what a narrowed token allows, and never more than its parent', async () => {
    const { token } = await issue(shared(), { scope: { rpc: { q: ['method.list', 'event.list'] } } });
    const narrowed = attenuateScopedToken(token, {
      scp: { rpc: { q: ['event.*', 'authorizationRequest.*'] } },
    });
    const reasonFor = async (path: string) =>
      (await query(shared(), path, {}, { headers: bearer(narrowed) })).error?.data.reason;
    expect(await reasonFor('event.list')).toBeUndefined();
    expect(await reasonFor('method.list')).toBe('insufficient_scope');
    expect(await reasonFor('authorizationRequest.list')).toBe('insufficient_scope');
  });
});

describe('a token comes', () => {
  it('by the scheme of the settings or a legacy one, without regard to case', async () => {
    const { token } = await issue(shared(), { preset: 'subject' });
    for (const scheme of ['Bearer', 'bearer', 'TmpToken', 'TMPTOKEN'])
      expect((await query(shared(), 'event.list', {}, { headers: bearer(token, scheme) })).status).toBe(200);
    for (const scheme of ['Token', 'Basic', 'DPoP', 'DPoP '])
      expect((await query(shared(), 'event.list', {}, { headers: bearer(token, scheme) })).status).toBe(401);
  });

  it('never in a URL, unless that is switched on', async () => {
    const { token } = await issue(shared(), { preset: 'subject', maxAgeSeconds: 30 });
    const anywhere = attenuateScopedToken(token, { car: 'hwq' });
    const parameters = encodeURIComponent(JSON.stringify({ authorization: `Bearer ${anywhere}` }));
    for (const search of [
      `?token=${anywhere}`,
      `?authorization=Bearer%20${anywhere}`,
      `?connectionParams=${parameters}`,
    ])
      expect((await read(await get({}, 'event.list', search))).error?.data.reason).toBe('unauthenticated');
  });

  it('alone: with a second credential, even the same one, the request is refused', async () => {
    const { token } = await issue(shared(), { preset: 'subject' });
    const { serviceKey } = shared();
    for (const authorization of [
      `Bearer ${token}, Bearer ${token}`,
      `Bearer ${token}, Bearer ${serviceKey}`,
      `Bearer ${serviceKey},Bearer ${token}`,
      `TmpToken ${token}, Basic YTpi`,
    ]) {
      const answer = await query(shared(), 'event.list', {}, { headers: { authorization } });
      expect(answer).toMatchObject({ status: 400, error: { data: { reason: 'invalid_input' } } });
    }
    expect(
      (await query(shared(), 'event.list', {}, { headers: { authorization: `Bearer ${token},x` } })).status,
    ).toBe(401);
  });

  it('whole: damaged, forged, expired, revoked and foreign ones are all answered alike', async () => {
    const { id, token } = await issue(shared(), { preset: 'subject' });
    const expired = await issue(shared(), { preset: 'subject', maxAgeSeconds: 1 });
    const { cs, clock } = shared();
    await cs.core.scopedToken.revoke(cs.core.context({ kind: 'service' }), { id });
    clock.advance(2);
    const bad = [
      token,
      expired.token,
      token.slice(0, -1),
      `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
      token.replace('cst1.', 'cst2.'),
      `cst1.k.${randomBytes(60).toString('base64url')}.${randomBytes(36).toString('base64url')}1`,
    ];
    const answers = new Set<string>();
    for (const one of bad) {
      const answer = await query(shared(), 'event.list', {}, { headers: bearer(one) });
      expect(answer.status).toBe(401);
      answers.add(answer.text);
    }
    expect(answers.size).toBe(1);
  });

  it('and in no answer, no log line and no event', async () => {
    const { token } = await issue(shared(), { scope: { rpc: { q: ['method.list'] } } });
    const tag = token.slice(-49);
    const answer = await mutate(shared(), 'scopedToken.introspect', { token }, { headers: bearer(token) });
    expect(answer.text).not.toContain(tag);
    const inBadInput = await query(
      shared(),
      'method.list',
      { token, [token]: 1 },
      { headers: bearer(token) },
    );
    expect(inBadInput.text).not.toContain(tag);
    await query(shared(), `event.${token}`, {}, { headers: bearer(token) });
    const events = await query(shared(), 'event.list', {});
    expect(events.text).not.toContain(tag);
    expect(shared().log.filter((line) => line.includes(tag))).toEqual([]);
  });
});

describe('inside a router of the host', () => {
  const t = initTRPC.context<CountersignContext>().create();
  const post = { method: 'POST', body: '{}' };

  /** A host's own handler, as a host would write it. */
  async function call(
    router: ReturnType<typeof hostRouter>,
    token: string,
    path: string,
    init: RequestInit = {},
  ) {
    const response = await fetchRequestHandler({
      endpoint: '/api/trpc',
      req: new Request(`http://host.example/api/trpc/${path}`, {
        ...init,
        headers: { ...bearer(token), 'content-type': 'application/json' },
      }),
      router,
      createContext: async ({ req }) =>
        shared().cs.context(await shared().cs.authenticate(req), { request: req }),
      allowMethodOverride: true,
      allowBatching: true,
    });
    const answer = (await response.json()) as Reason | Reason[];
    return Array.isArray(answer) ? answer.map(reasonIn) : reasonIn(answer);
  }
  type Reason = { error?: { data?: { reason?: string }; json?: { data: { reason: string } } } };
  const reasonIn = ({ error }: Reason) =>
    error && (error.data?.reason ?? error.json?.data.reason ?? 'some error');

  function hostRouter() {
    const { cs } = shared();
    return t.router({
      // As long as "authorizationRequest", so that a path cut by length would look the same.
      countersignInAHostXYZ: cs.router,
      invoice: t.router({
        list: t.procedure.concat(cs.scoped).query(({ ctx }) => ctx.auth.subjectId),
        markPaid: t.procedure.concat(cs.scoped).mutation(() => 'paid'),
        'list,markPaid': t.procedure.concat(cs.scoped).query(() => 'comma'),
      }),
      method: t.router({ list: t.procedure.concat(cs.scoped).query(() => 'the host’s own') }),
      later: lazy(() =>
        Promise.resolve(t.router({ report: t.procedure.concat(cs.scoped).query(() => 'late') })),
      ),
      anybody: t.procedure.concat(cs.open).query(() => 'anybody'),
    });
  }

  it('ours are opened by their own path, wherever they are nested, and not by the path of the host', async () => {
    const ours = await issue(shared(), { scope: { rpc: { q: ['method.list'] } } });
    expect(await call(hostRouter(), ours.token, 'countersignInAHostXYZ.method.list')).toBeUndefined();
    expect(await call(hostRouter(), ours.token, 'countersignInAHostXYZ.event.list')).toBe(
      'insufficient_scope',
    );
    const byWholePath = await issue(shared(), {
      scope: { rpc: { q: ['countersignInAHostXYZ.method.list'] } },
    });
    expect(await call(hostRouter(), byWholePath.token, 'countersignInAHostXYZ.method.list')).toBe(
      'insufficient_scope',
    );
  });

  it('the host’s are opened by the whole path, also lazy ones, and each type by itself', async () => {
    const { token } = await issue(shared(), { scope: { rpc: { q: ['invoice.list', 'later.*'] } } });
    expect(await call(hostRouter(), token, 'invoice.list')).toBeUndefined();
    expect(await call(hostRouter(), token, 'later.report')).toBeUndefined();
    expect(await call(hostRouter(), token, 'anybody')).toBeUndefined();
    expect(await call(hostRouter(), token, 'invoice.markPaid', post)).toBe('insufficient_scope');
    expect(await call(hostRouter(), token, 'invoice.list', post)).toBeUndefined();
    const wrongType = await issue(shared(), { scope: { rpc: { m: ['invoice.list'] } } });
    expect(await call(hostRouter(), wrongType.token, 'invoice.list', post)).toBe('insufficient_scope');
  });

  it('a name with a comma in it is opened by no grant, and opens no neighbour', async () => {
    const { token } = await issue(shared(), { scope: { rpc: { q: ['invoice.list'] } } });
    expect(await call(hostRouter(), token, 'invoice.list%2CmarkPaid')).toBe('insufficient_scope');
    expect(await call(hostRouter(), token, 'invoice.list,invoice.list%2CmarkPaid', {})).not.toBeUndefined();
    expect(await call(hostRouter(), token, 'invoice.list,later.report?batch=1&input=%7B%7D')).toEqual([
      undefined,
      'insufficient_scope',
    ]);
  });

  it('a procedure of the host that begins like one of ours is opened by no token', async () => {
    const { token } = await issue(shared(), { scope: { rpc: { q: ['method.list'] } } });
    expect(await call(hostRouter(), token, 'method.list')).toBe('internal');
    await expect(shared().cs.audit(hostRouter())).rejects.toThrow(
      'method.list begins like a procedure of Countersign',
    );
  });

  it('the audit names every procedure of which nobody said who may call it, also one that loads later', async () => {
    const { cs } = shared();
    const meta = initTRPC.context<CountersignContext>().meta<{ scoped?: boolean }>().create();
    const router = meta.router({
      countersign: cs.router,
      fine: meta.procedure.concat(cs.scoped).query(() => 1),
      open: meta.procedure.concat(cs.open).query(() => 1),
      paid: meta.procedure
        .input(transfer.data as z.ZodType)
        .use(cs.paidBy(transfer))
        .mutation(() => 1),
      forgotten: meta.procedure.query(() => 1),
      pretends: meta.procedure.meta({ scoped: true }).query(() => 1),
      later: lazy(() =>
        Promise.resolve(
          meta.router({
            deep: lazy(() => Promise.resolve(meta.router({ forgotten: meta.procedure.query(() => 1) }))),
          }),
        ),
      ),
    });
    await expect(cs.audit(router)).rejects.toMatchObject({
      findings: [
        expect.stringMatching(/^forgotten is neither scoped nor open/),
        expect.stringMatching(/^pretends is neither scoped nor open/),
        expect.stringMatching(/^later\.deep\.forgotten is neither scoped nor open/),
      ],
    });
    await expect(cs.audit(meta.router({ requests: cs.router.authorizationRequest }))).rejects.toThrow(
      'nest cs.router as a whole',
    );
    await cs.audit(cs.router);
    await cs.audit(meta.router({ a: meta.router({ b: cs.router }) }));
  });

  it('a caller with neither token nor session is nobody, and one the host names may call', async () => {
    const { cs } = shared();
    const caller = hostRouter().createCaller(cs.context(null));
    await expect(caller.invoice.list()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await caller.anybody()).toBe('anybody');
    const ada = hostRouter().createCaller(cs.context({ kind: 'subject', subjectId: 'ada', sessionId: null }));
    expect(await ada.invoice.list()).toBe('ada');
    const { token } = await issue(shared(), { scope: { rpc: { q: ['invoice.list'] } } });
    const request = new Request('http://host.example/', { headers: bearer(token) });
    const withToken = hostRouter().createCaller(cs.context(await cs.authenticate(request)));
    expect(await withToken.invoice.list()).toBe('ada');
  });

  it('a wildcard that was written for the host’s routers opens none of ours', async () => {
    const scope = { rpc: { q: ['*.list'], m: ['*.revoke'] } };
    const { token } = await issue(shared(), { scope });
    expect(await call(hostRouter(), token, 'invoice.list')).toBeUndefined();
    for (const path of ['event.list', 'method.list', 'scopedToken.list'])
      expect(await call(hostRouter(), token, `countersignInAHostXYZ.${path}`)).toBe('insufficient_scope');
    const revoke = await mutate(
      shared(),
      'scopedToken.revoke',
      { subjectId: 'ada' },
      { headers: bearer(token) },
    );
    expect(revoke.error?.data.reason).toBe('insufficient_scope');
  });

  it('an operator is nobody’s service: it opens no procedure of the host', async () => {
    const { cs } = shared();
    const { key } = await cs
      .createCaller({ kind: 'operator' })
      .serviceKey.create({ title: 'console', role: 'operator' });
    const request = new Request('http://host.example/', { headers: bearer(key ?? '') });
    for (const caller of [await cs.authenticate(request), { kind: 'operator' } as const])
      await expect(hostRouter().createCaller(cs.context(caller)).invoice.list()).rejects.toMatchObject({
        code: 'FORBIDDEN',
      });
  });

  it('a caller that another installation has found is nobody here, and no caller shows its token', async () => {
    const { cs } = shared();
    await using other = await startTestServer();
    const { token } = await issue(shared(), { scope: { rpc: { q: ['invoice.list'] } } });
    const found = await cs.authenticate(new Request('http://host.example/', { headers: bearer(token) }));
    expect(JSON.stringify(found)).not.toContain('cst1.');
    const service = await other.cs.authenticate(
      new Request('http://host.example/', { headers: other.credential }),
    );
    expect(service.kind).toBe('known');
    await expect(hostRouter().createCaller(cs.context(service)).invoice.list()).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
    });
  });

  it('a WebSocket server of the host finds callers by connection parameters as ours does', async () => {
    const { cs } = shared();
    const { token } = await issue(shared(), { scope: { rpc: { q: ['invoice.list'] } } });
    const forSockets = attenuateScopedToken(token, { car: 'w' });
    const upgrade = (authorization?: string) => {
      const request = new IncomingMessage(new Socket());
      request.url = '/trpc';
      request.headers.host = 'host.example';
      if (authorization !== undefined) request.rawHeaders.push('Authorization', authorization);
      return request;
    };
    const kindOf = async (...given: Parameters<typeof cs.authenticate>) =>
      (await cs.authenticate(...given)).kind;
    expect(await kindOf(upgrade(), bearer(forSockets))).toBe('bearer');
    expect(await kindOf(upgrade(`Bearer ${forSockets}`), null)).toBe('nobody');
    expect(await kindOf(upgrade(`Bearer ${token}`), bearer(token))).toBe('several');
    expect(await kindOf(upgrade(), null)).toBe('nobody');
  });

  it('a thing that only looks like an authenticated caller is nobody', async () => {
    const { cs } = shared();
    const forged = { kind: 'known', actor: { kind: 'service' } } as never;
    await expect(hostRouter().createCaller(cs.context(forged)).invoice.list()).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
    });
  });
});

describe('over a WebSocket', () => {
  it('every message is asked for by itself', async () => {
    const { token } = await issue(shared(), { scope: { rpc: { q: ['method.list'] } } });
    using socket = await openSocket(shared().port, { params: bearer(token) });
    expect(reasonOf(await socket.call('query', 'method.list'))).toBeUndefined();
    expect(reasonOf(await socket.call('query', 'event.list', {}))).toBe('insufficient_scope');
    expect(reasonOf(await socket.call('mutation', 'authorizationRequest.create', transferRequest))).toBe(
      'insufficient_scope',
    );
    expect(reasonOf(await socket.subscribe('event.stream', {}))).toBe('insufficient_scope');
    expect(reasonOf(await socket.call('query', 'method.list'))).toBeUndefined();
  });

  it('a token that is for headers alone is refused as a connection parameter, and the reverse', async () => {
    const { token } = await issue(shared(), { preset: 'subject' });
    const [forHeaders, forSockets] = ['h', 'w'].map((car) => attenuateScopedToken(token, { car }));
    using byParameter = await openSocket(shared().port, { params: bearer(forHeaders!) });
    expect(reasonOf(await byParameter.call('query', 'event.list', {}))).toBe('unauthenticated');
    using byHeader = await openSocket(shared().port, { headers: bearer(forHeaders!) });
    expect(reasonOf(await byHeader.call('query', 'event.list', {}))).toBeUndefined();
    expect((await query(shared(), 'event.list', {}, { headers: bearer(forSockets!) })).status).toBe(401);
    using rightly = await openSocket(shared().port, { params: bearer(forSockets!) });
    expect(reasonOf(await rightly.call('query', 'event.list', {}))).toBeUndefined();
  });
});
