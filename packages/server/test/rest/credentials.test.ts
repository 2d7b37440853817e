import { attenuateScopedToken, writeDjangoToken } from '@countersign/core/scoped-token';
import { calculateJwkThumbprint } from 'jose';
import { hash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { handMade, key } from '../dpop/hand-made.ts';
import { openHost, serviceKey, type RestHost } from './open-host.ts';

const scope = { http: { GET: ['/foo'], HEAD: ['/foo'], POST: ['/foo'] } };
const inactive = new Set<string>();

let host: RestHost;
beforeAll(async () => {
  host = await openHost(
    (app, { rest, arrived }) => {
      app.all('/foo', rest.hono(), async (c) => {
        arrived.push(c.req.raw);
        return c.json({ auth: c.get('auth'), body: await c.req.text() });
      });
      app.all('/open', rest.hono({ withoutToken: 'pass' }), (c) => {
        arrived.push(c.req.raw);
        return c.json({ auth: c.get('auth') });
      });
    },
    { queryParameter: 'token', subjectActive: (subjectId) => !inactive.has(subjectId) },
  );
});
afterAll(() => host[Symbol.asyncDispose]());
beforeEach(() => void host.arrived.splice(0));

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const problem = ({ body }: { readonly body: string }): unknown => JSON.parse(body);

/** Everything that a route can see of a request. */
function seen(request: Request): string {
  return JSON.stringify([request.url, request.method, ...request.headers]);
}

describe('a token that counts', () => {
  it('tells the route whose it is, until when and for whom, and not what it is', async () => {
    const token = await host.issue(scope, { sessionId: 's1', recipient: 'partner', maxAgeSeconds: 60 });
    const narrowed = attenuateScopedToken(token, { rcp: 'worker', cid: 'w1' });
    const { status, body } = await host.send('GET /foo', bearer(narrowed));
    expect(status).toBe(200);
    const now = Math.floor(host.test.clock.now().getTime() / 1000);
    expect(problem({ body })).toEqual({
      auth: {
        kind: 'subject',
        subjectId: 'ada',
        sessionId: 's1',
        token: {
          format: 'cst1',
          id: expect.stringMatching(/^cst_[0-9a-z]{26}$/) as string,
          expiresAt: new Date((now + 60) * 1000).toISOString(),
          recipients: ['partner', 'worker'],
        },
        recipient: 'worker',
        receipts: [],
      },
      body: '',
    });
    const [request] = host.arrived;
    expect((request as Request & { auth: object }).auth).toEqual(
      expect.objectContaining({ recipient: 'worker' }),
    );
    expect(request!.headers.get('x-api-token-recipient')).toBe('worker');
  });

  it('of a device says so, and is of no session', async () => {
    const device = `fact_${'0'.repeat(26)}`;
    const { body } = await host.send('GET /foo', bearer(host.mint({ scp: scope, sid: device })));
    expect(problem({ body })).toMatchObject({ auth: { kind: 'device', subjectId: 'ada', sessionId: null } });
    expect(body).not.toContain(device);
    for (const sid of ['s1', device.slice(0, -1)]) {
      const answer = await host.send('GET /foo', bearer(host.mint({ scp: scope, sid })));
      expect(problem(answer)).toMatchObject({ auth: { kind: 'subject', sessionId: sid } });
    }
  });

  it.each(['Bearer', 'bearer', 'TmpToken', 'tmptoken'])('may come by the scheme %s', async (scheme) => {
    const token = await host.issue(scope);
    expect((await host.send('GET /foo', { Authorization: `${scheme} ${token}` })).status).toBe(200);
  });

  it('is nowhere in what the route gets, and the rest of the request is', async () => {
    const token = await host.issue(scope);
    const headers = { ...bearer(token), 'X-Other': 'kept', 'Content-Type': 'text/plain', DPoP: 'a.b.c' };
    const { body } = await host.send('POST /foo?a=1&b=%20&a=2#c', headers, 'the body');
    expect(problem({ body })).toMatchObject({ body: 'the body' });
    const [request] = host.arrived;
    expect(seen(request!)).not.toContain(token.slice(5, 60));
    expect(request!.headers.has('authorization')).toBe(false);
    expect(request!.headers.has('dpop')).toBe(false);
    expect(request!.headers.get('x-other')).toBe('kept');
    expect(request!.url).toMatch(/\/foo\?a=1&b=%20&a=2/);
  });

  it('is no service key', async () => {
    const { status, headers } = await host.send('GET /foo', bearer(serviceKey));
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="bank.test", error="invalid_token"');
  });
});

describe('a recipient that the client claims', () => {
  const spellings = [
    'X-API-Token-Recipient',
    'x-api-token-recipient',
    'X_API_TOKEN_RECIPIENT',
    'X-Api_Token-recipient',
  ];

  it.each(spellings)('is removed, however it is written: %s', async (name) => {
    const plain = await host.issue(scope);
    await host.send('GET /foo', { ...bearer(plain), [name]: 'forged' });
    const made = await host.issue(scope, { recipient: 'partner' });
    await host.send('GET /foo', [`${name}: forged`, `Authorization: Bearer ${made}`, `${name}: forged too`]);
    await host.send('GET /open', { [name]: 'forged' });
    await host.send('GET /open', { [name]: 'forged', Authorization: `Bearer ${serviceKey}` });
    expect(host.arrived.map((request) => request.headers.get('x-api-token-recipient'))).toEqual([
      null,
      'partner',
      null,
      null,
    ]);
    for (const request of host.arrived) expect(seen(request)).not.toContain('forged');
  });
});

describe('a token that does not count', () => {
  /** Each way of being none, with a token of its own. */
  async function useless(): Promise<Record<string, string>> {
    const { core, service, clock } = host.test;
    const good = await host.issue(scope);
    const revoked = await host.issue(scope, { sessionId: 'over' });
    await core.scopedToken.revoke(service, { sessionId: 'over' });
    const now = Math.floor(clock.now().getTime() / 1000);
    inactive.add('closed');
    return {
      malformed: 'cst1.nothing',
      'no token': 'eyJhbGciOiJub25lIn0.e30.',
      forged: `${good.slice(0, -8)}${good.at(-8) === 'A' ? 'B' : 'A'}${good.slice(-7)}`,
      'of another key': good.replace('cst1.k1', 'cst1.k2'),
      expired: host.mint({ scp: scope, iat: now - 60, exp: now }),
      'not yet valid': host.mint({ scp: scope, nbf: now + 600 }),
      'of another service': host.mint({ scp: scope, aud: 'shop.test' }),
      revoked,
      'bound to a key': host.mint({ scp: scope, cnf: { jkt: 'A'.repeat(43) } }),
      'for another carrier': host.mint({ scp: scope, car: 'w' }),
      'of who may not act': host.mint({ scp: scope, sub: 'closed' }),
    };
  }

  it('is answered alike, whatever is wrong with it', async () => {
    const answers = new Map<string, string>();
    for (const [name, token] of Object.entries(await useless())) {
      const { status, headers, body } = await host.send('GET /foo', bearer(token));
      answers.set(name, JSON.stringify([status, headers.get('www-authenticate'), body]));
    }
    expect(new Set(answers.values())).toEqual(
      new Set([
        JSON.stringify([
          401,
          'Bearer realm="bank.test", error="invalid_token"',
          '{"type":"about:blank","title":"Unauthorized","status":401,"detail":"Valid credentials are required.","reason":"unauthenticated"}',
        ]),
      ]),
    );
    expect(host.arrived).toEqual([]);
  });

  it('is told to the audit log with its reason, and its text nowhere', async () => {
    const tokens = await useless();
    for (const token of Object.values(tokens)) await host.send('GET /foo', bearer(token));
    const outside = await host.issue({ http: { GET: ['/bar'] } });
    await host.send('GET /foo', bearer(outside));
    const reasons = async (): Promise<unknown[]> => {
      const { items } = await host.test.events(host.test.service, { types: ['scoped_token.rejected'] });
      return items.map(({ data }) => data);
    };
    await expect
      .poll(reasons)
      .toContainEqual({ reason: 'out_of_scope', type: 'GET', path: '/foo', times: 1 });
    expect(await reasons()).toContainEqual(expect.objectContaining({ reason: 'revoked' }));
    for (const token of Object.values(tokens))
      if (token.startsWith('cst1.')) expect(host.log.join('')).not.toContain(token.slice(8, 40));
  });

  it.each([
    [[], 'Bearer realm="bank.test"'],
    [['Authorization: Basic YTpi'], 'Bearer realm="bank.test"'],
    [['Authorization: Bearer'], 'Bearer realm="bank.test", error="invalid_token"'],
    [['Authorization: TmpToken x'], 'Bearer realm="bank.test", error="invalid_token"'],
    [['Authorization: DPoP x'], 'DPoP error="invalid_token", algs="ES256 EdDSA Ed25519"'],
    [['Authorization: Bearer a b'], 'Bearer realm="bank.test", error="invalid_token"'],
  ] as const)('is challenged by what was presented: %j', async (headers, challenge) => {
    const answer = await host.send('GET /foo', headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe(challenge);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('is answered by 403 when it counts, and opens something else', async () => {
    const answer = await host.send('GET /foo', bearer(await host.issue({ http: { GET: ['/bar'] } })));
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="bank.test", error="insufficient_scope"',
    );
    expect(problem(answer)).toMatchObject({ reason: 'insufficient_scope' });
    const procedures = await host.issue({ rpc: { q: ['foo', '*.foo', 'method.list'] } });
    expect((await host.send('GET /foo', bearer(procedures))).status).toBe(403);
  });

  it('is asked again for each request: revoked, expired or inactive, it ends at once', async () => {
    const { core, service, clock } = host.test;
    const { token, id } = await core.scopedToken.issue(service, { subjectId: 'eve', scope });
    const call = async () => (await host.send('GET /foo', bearer(token!))).status;
    expect(await call()).toBe(200);
    inactive.add('eve');
    clock.advance(10);
    expect(await call()).toBe(401);
    inactive.delete('eve');
    clock.advance(10);
    expect(await call()).toBe(200);
    await core.scopedToken.revoke(service, { id });
    expect(await call()).toBe(401);
  });
});

describe('two credentials on one request', () => {
  it('are refused, in any two places, even when each of them is right', async () => {
    const token = await host.issue(scope);
    const queried = host.mint({ scp: scope, car: 'hwq', exp: Math.floor(Date.now() / 1000) + 50 });
    const pairs: [string, string[]][] = [
      ['GET /foo', [`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`]],
      ['GET /foo', [`Authorization: Bearer ${token}`, `authorization: Bearer ${serviceKey}`]],
      ['GET /foo', [`Authorization: Bearer ${token}`, 'Authorization: Basic YTpi']],
      ['GET /foo', [`Authorization: Bearer ${token}, TmpToken ${token}`]],
      [`GET /foo?token=${queried}`, [`Authorization: Bearer ${token}`]],
      [`GET /foo?token=${queried}`, [`Authorization: Bearer ${serviceKey}`]],
      [`POST /foo?token=${queried}`, [`Authorization: Bearer ${token}`]],
      [`GET /foo?token=${queried}&token=${queried}`, []],
      [`GET /foo?token=${queried}&%74oken=${queried}`, []],
    ];
    for (const [line, headers] of pairs) {
      const answer = await host.send(line, headers);
      expect({ line, headers, status: answer.status }).toEqual({ line, headers, status: 400 });
      expect(problem(answer)).toMatchObject({
        reason: 'invalid_input',
        details: { issues: [{ path: [], code: 'custom', message: 'has more than one credential' }] },
      });
      const open = await host.send(line.replace('/foo', '/open'), headers);
      expect({ line, status: open.status }).toEqual({ line, status: 400 });
    }
    expect(host.arrived).toEqual([]);
  });
});

describe('a token in the URL', () => {
  const inQuery = (claims = {}) => {
    const now = Math.floor(host.test.clock.now().getTime() / 1000);
    return host.mint({ scp: scope, car: 'q', exp: now + 60, ...claims });
  };

  it('opens a GET when it says so and lives a minute, and is cut out of what the route gets', async () => {
    const token = inQuery();
    const answer = await host.send(`GET /foo?a=%20&token=${token}&b=2`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(host.arrived[0]!.url).toMatch(/\/foo\?a=%20&b=2$/);
    expect((await host.send(`GET /foo?%74oken=${token}`)).status).toBe(200);
    expect(host.arrived[1]!.url).toMatch(/\/foo$/);
    for (const request of host.arrived) expect(seen(request)).not.toContain(token.slice(5, 60));
    expect(host.log.join('')).not.toContain(token.slice(5, 60));
  });

  it('opens nothing else', async () => {
    const now = Math.floor(host.test.clock.now().getTime() / 1000);
    const rows: [string, string][] = [
      [`HEAD /foo?token=${inQuery()}`, 'not by HEAD'],
      [`POST /foo?token=${inQuery()}`, 'not by POST'],
      [`GET /foo?token=${inQuery({ car: 'hw' })}`, 'not without car'],
      [`GET /foo?token=${await host.issue(scope)}`, 'not as it is issued'],
      [`GET /foo?token=${inQuery({ exp: now + 61 })}`, 'not for longer than a minute'],
      [`GET /foo?token=${serviceKey}`, 'no service key'],
      ['GET /foo?token=', 'not empty'],
      [`GET /open?token=${inQuery({ exp: now + 61 })}`, 'not where others pass'],
    ];
    for (const [line, name] of rows) {
      const answer = await host.send(line);
      expect({ name, status: answer.status }).toEqual({ name, status: 401 });
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    }
    expect((await host.send('GET /foo', bearer(inQuery()))).status).toBe(401);
    expect(host.arrived).toEqual([]);
  });

  it('is none where it is not switched on', async () => {
    await using other = await openHost((app, { rest }) => {
      app.get('/foo', rest.hono(), (c) => c.text(c.req.url));
    });
    expect((await other.send(`GET /foo?token=${other.mint({ scp: scope, car: 'q' })}`)).status).toBe(401);
    const token = await other.issue(scope);
    expect((await other.send('GET /foo?token=mine', bearer(token))).body).toContain('token=mine');
  });
});

describe('a request without a token, where such requests pass', () => {
  it('arrives as it came, and is nobody’s', async () => {
    const presented = [
      'Basic YTpi',
      `Bearer ${serviceKey}`,
      'Bearer eyJhbGciOiJub25lIn0.e30.',
      'Bearer a:b:c',
    ];
    for (const Authorization of presented) await host.send('GET /open?a=1', { Authorization });
    expect(host.arrived.map(({ headers }) => headers.get('authorization'))).toEqual(presented);
    const { status, body } = await host.send('GET /open');
    expect({ status, body }).toEqual({ status: 200, body: '{"auth":null}' });
  });

  it('is not one with a token that does not count', async () => {
    const token = await host.issue(scope);
    for (const Authorization of [
      `Bearer ${token.slice(0, -1)}`,
      `Basic ${token}`,
      `Unknown ${token}`,
      `bearer  ${token}`,
      'TmpToken nothing',
      'DPoP nothing',
    ])
      expect({ Authorization, ...(await host.send('GET /open', { Authorization })) }).toMatchObject({
        status: 401,
      });
    expect((await host.send('GET /open', bearer(token))).status).toBe(403);
    expect(host.arrived).toEqual([]);
  });
});

it('answers 503, not 401, when nobody can say whether the subject may act', async () => {
  await using other = await openHost(
    (app, { rest }) => {
      app.get('/foo', rest.hono(), (c) => c.text('in'));
    },
    {
      subjectActive: () => {
        throw new Error('the directory is away');
      },
    },
  );
  const answer = await other.send('GET /foo', bearer(await other.issue(scope)));
  expect(answer.status).toBe(503);
  expect(JSON.parse(answer.body)).toMatchObject({ reason: 'unavailable_dependency' });
  expect(answer.body).not.toContain('directory');
});

it('a body that was read before the guard is there for the route', async () => {
  await using other = await openHost((app, { rest }) => {
    app.use('*', async (c, next) => {
      await c.req.text();
      await next();
    });
    app.post('/foo', rest.hono(), async (c) => c.text(await c.req.text()));
  });
  const answer = await other.send('POST /foo', bearer(await other.issue(scope)), 'read before');
  expect(answer.body).toBe('read before');
});

it('works with fetch alone: the request for the route has what the guard found', async () => {
  await using other = await openHost(() => undefined, {
    queryParameter: 'token',
    answer: (request, rest) =>
      rest(request, async (authorized) =>
        Response.redirect(`http://bank.test/${authorized.auth.subjectId}?${await authorized.text()}`),
      ),
  });
  const token = await other.issue({ http: { POST: ['/foo'] } });
  const answer = await other.send('POST /foo', bearer(token), 'body');
  expect([answer.status, answer.headers.get('location')]).toEqual([302, 'http://bank.test/ada?body']);
  const now = Math.floor(other.test.clock.now().getTime() / 1000);
  const queried = other.mint({ scp: { http: { GET: ['/foo'] } }, car: 'q', exp: now + 60 });
  const unseen = await other.send(`GET /foo?token=${queried}`);
  expect([unseen.status, unseen.headers.get('referrer-policy')]).toEqual([302, 'no-referrer']);
  expect((await other.send('POST /bar', bearer(token))).status).toBe(403);
});

it('reads on, and changes nothing, while revocations are unknown and that is what was configured', async () => {
  const open = (mode: 'queries' | 'closed') =>
    openHost(
      (app, { rest }) => {
        app.all('/foo', rest.hono(), (c) => c.text('in'));
      },
      { whenRevocationsAreStale: mode, django: { secrets: ['secret'] } },
    );
  for (const mode of ['queries', 'closed'] as const) {
    await using other = await open(mode);
    const now = Math.floor(other.test.clock.now().getTime() / 1000);
    const endpoints = { GET: ['/foo'], POST: ['/foo'] };
    const django = writeDjangoToken({ user: 7, max_age: 360, endpoints }, { secret: 'secret', now });
    const tokens = [await other.issue(scope), django];
    for (const token of tokens) expect((await other.send('POST /foo', bearer(token))).status).toBe(200);
    await other.test.database.sql.query('ALTER TABLE countersign.token_revocation RENAME TO away');
    other.test.clock.advance(11);
    for (const token of tokens) {
      const statuses = [];
      for (const line of ['GET /foo', 'POST /foo'])
        statuses.push((await other.send(line, bearer(token))).status);
      expect(statuses).toEqual(mode === 'queries' ? [200, 503] : [503, 503]);
    }
  }
});

it('answers 503, and challenges nobody to sign in anew, when nobody can say whether a token was revoked', async () => {
  await using other = await openHost(
    (app, { rest }) => {
      app.all('/foo', rest.hono(), (c) => c.text('in'));
      app.all('/open', rest.hono({ withoutToken: 'pass' }), (c) => c.text('in'));
    },
    { django: { secrets: ['secret'] }, queryParameter: 'token' },
  );
  const now = Math.floor(other.test.clock.now().getTime() / 1000);
  const paths = ['/foo', '/open'];
  const django = { user: 7, max_age: 360, endpoints: { GET: paths } };
  const scp = { http: { GET: paths } };
  const presented = {
    Bearer: await other.issue(scp),
    DPoP: other.mint({ scp, cnf: { jkt: await calculateJwkThumbprint(key.jwk) } }),
    TmpToken: writeDjangoToken(django, { secret: 'secret', now }),
  };
  const queried = other.mint({ scp, car: 'q', exp: now + 60 });
  expect((await other.send('GET /foo', bearer(presented.Bearer))).status).toBe(200);
  await other.test.database.sql.query('ALTER TABLE countersign.token_revocation RENAME TO away');
  other.test.clock.advance(11);
  for (const path of paths) {
    const answers = [await other.send(`GET ${path}?token=${queried}`)];
    for (const [scheme, token] of Object.entries(presented))
      answers.push(await other.send(`GET ${path}`, { Authorization: `${scheme} ${token}`, DPoP: 'a.b.c' }));
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([503, null]);
      expect(problem(answer)).toMatchObject({ reason: 'unavailable_dependency' });
    }
  }
  const forged = await other.send('GET /foo', bearer(`${presented.Bearer.slice(0, -1)}!`));
  expect(forged.status).toBe(401);
});

it('changes nothing when revocations become unknown after the token was read', async () => {
  let isAway = false;
  const lose = async () => {
    if (isAway) return;
    isAway = true;
    await other.test.database.sql.query('ALTER TABLE countersign.token_revocation RENAME TO away');
    other.test.clock.advance(11);
  };
  await using other = await openHost(
    (app, { rest }) => {
      app.all('/foo', rest.hono(), (c) => c.text('in'));
    },
    { whenRevocationsAreStale: 'queries', afterIdentified: lose },
  );
  const token = await other.issue(scope);
  expect((await other.send('POST /foo', bearer(token))).status).toBe(503);
  expect((await other.send('GET /foo', bearer(token))).status).toBe(200);
});

it('a token that is bound to a key opens a route with a proof of it, made for this request and used once', async () => {
  const jkt = await calculateJwkThumbprint(key.jwk);
  const token = host.mint({ scp: scope, cnf: { jkt } });
  const proof = (claims: object = {}) =>
    handMade({
      claims: {
        htm: 'GET',
        htu: 'http://bank.test/foo',
        iat: Math.floor(host.test.clock.now().getTime() / 1000),
        ath: hash('sha256', token, 'base64url'),
        ...claims,
      },
    });
  const status = async (DPoP: string, scheme = 'DPoP') =>
    (await host.send('GET /foo', { Authorization: `${scheme} ${token}`, DPoP })).status;
  const right = proof();
  expect(await status(right)).toBe(200);
  expect(await status(right)).toBe(401);
  expect(await status(proof({ htu: 'http://bank.test/bar' }))).toBe(401);
  expect(await status(proof({ htm: 'POST' }))).toBe(401);
  expect(await status(proof(), 'Bearer')).toBe(401);
  expect((await host.send('GET /foo', { Authorization: `DPoP ${token}` })).status).toBe(401);
  for (const request of host.arrived) expect(request.headers.has('dpop')).toBe(false);
});
