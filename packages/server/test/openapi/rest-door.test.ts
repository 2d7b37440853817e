import { otp } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { restRoot, routesOf } from '../../src/openapi/routes.ts';
import { router } from '../../src/router.ts';
import { startTestServer, type TestServer } from '../../testing/index.ts';
import { mutate, query } from '../support/http.ts';
import { sharedServer } from '../support/shared-server.ts';
import { bearer, issue } from '../support/tokens.ts';
import { transfer, transferData, transferRequest, wrongCode } from '../support/transfer.ts';
import { readRest, restGet, restPost } from './rest.ts';

const origins = ['https://bank.example'];
const shared = sharedServer({ operations: { transfer }, origins, procedures: { omit: ['operator'] } });

interface Created {
  readonly id: string;
  readonly attemptsLeft: number;
}

/** Each test has people of its own: one gets no more than ten messages in ten minutes. */
let people = 0;
async function create(
  server: TestServer,
): Promise<Created & { readonly code: string; readonly subjectId: string }> {
  const subjectId = `person-${(people += 1)}`;
  const deliverTo = { channel: 'email', address: `${subjectId}@example.org` };
  const answer = await restPost(server, 'authorizationRequest.create', {
    ...transferRequest,
    subjectId,
    deliverTo,
  });
  expect(answer.status).toBe(200);
  const [message] = server.inbox.messages(deliverTo.address);
  return { ...(answer.result as Created), code: message?.code ?? '', subjectId };
}

async function attemptsLeft(server: TestServer, id: string): Promise<number> {
  return ((await restGet(server, 'authorizationRequest.get', `?id=${id}`)).result as Created).attemptsLeft;
}

describe('by plain HTTP', () => {
  it('an operation is asked for, granted by a code and executed once', async () => {
    const server = shared();
    const { id, code, subjectId } = await create(server);
    const wrong = { method: 'otp', code: wrongCode(code) };
    const guessed = await restPost(server, 'authorizationRequest.grant', { id, proof: wrong });
    expect(guessed.result).toMatchObject({ granted: false, attemptsLeft: 4 });
    const granted = await restPost(server, 'authorizationRequest.grant', {
      id,
      proof: { method: 'otp', code },
    });
    expect(granted.result).toMatchObject({ granted: true, request: { id, state: 'granted' } });
    const use = { id, slug: 'transfer', subjectId, data: transferData };
    const other = await restPost(server, 'authorizationRequest.consume', {
      ...use,
      data: { ...transferData, amountCents: 1 },
    });
    expect([other.status, other.problem.reason]).toEqual([409, 'data_mismatch']);
    expect((await restPost(server, 'authorizationRequest.consume', use)).result).toMatchObject({
      consumed: true,
    });
    const again = await restPost(server, 'authorizationRequest.consume', use);
    expect([again.status, again.problem.reason]).toEqual([409, 'already_consumed']);
  });

  it('a query answers what it answers over tRPC, with times as text', async () => {
    const server = shared();
    const { id, subjectId } = await create(server);
    for (const [procedure, search, input] of [
      ['authorizationRequest.get', `?id=${id}`, { id }],
      ['authorizationRequest.list', `?subjectId=${subjectId}&limit=5`, { subjectId, limit: 5 }],
      [
        'event.list',
        `?types=authorization_request.created&types=authorization_request.challenged&requestId=${id}`,
        { types: ['authorization_request.created', 'authorization_request.challenged'], requestId: id },
      ],
      ['method.list', '', {}],
    ] as const) {
      const over = await query(server, procedure, input);
      const answer = await restGet(server, procedure, search);
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.result).toEqual(JSON.parse(JSON.stringify(over.result)));
    }
    const got = await restGet(server, 'authorizationRequest.get', `?id=${id}`);
    expect((got.result as { createdAt: unknown }).createdAt).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
    );
  });

  it('an object of an input is named field by field', async () => {
    const server = shared();
    const relatedObjects = [{ type: 'invoice', id: 'R-7' }];
    await restPost(server, 'authorizationRequest.create', {
      ...transferRequest,
      subjectId: 'related',
      relatedObjects,
    });
    const search = (id: string) => `?relatedObject[type]=invoice&relatedObject%5Bid%5D=${id}`;
    const listed = await restGet(server, 'authorizationRequest.list', search('R-7'));
    expect(listed.result).toMatchObject({ items: [{ relatedObjects }] });
    expect((await restGet(server, 'authorizationRequest.list', search('R-8'))).result).toMatchObject({
      items: [],
    });
  });

  it('the header Idempotency-Key is the key of a mutation', async () => {
    const server = shared();
    const ask = (headers: Record<string, string>, more = {}) =>
      restPost(
        server,
        'authorizationRequest.create',
        { ...transferRequest, subjectId: 'keyed', ...more },
        { headers },
      );
    const first = await ask({ 'idempotency-key': 'order-1' });
    for (const again of [
      await ask({ 'idempotency-key': '"order-1"' }),
      await ask({}, { idempotencyKey: 'order-1' }),
      await ask({ 'idempotency-key': 'order-1' }, { idempotencyKey: 'order-1' }),
    ])
      expect(again.result).toMatchObject({ id: (first.result as Created).id });
    const reused = await ask({ 'idempotency-key': 'order-1' }, { slug: 'transfer', locale: 'de' });
    expect([reused.status, reused.problem.reason]).toEqual([409, 'idempotency_conflict']);
    for (const refused of [
      await ask({ 'idempotency-key': 'order-1' }, { idempotencyKey: 'order-2' }),
      await ask({ 'idempotency-key': '' }),
      await ask({ 'idempotency-key': 'x'.repeat(65) }),
    ]) {
      expect([refused.status, refused.problem.reason]).toEqual([400, 'invalid_input']);
      expect(refused.text).toContain('"path":["idempotencyKey"]');
    }
  });
});

describe('a refusal', () => {
  it('is a problem document with its reason, under the status of the reason', async () => {
    const answer = await restGet(shared(), 'authorizationRequest.get', '?id=areq_06h03ysabhr0110k7cx2bc5ps0');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.problem).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'There is nothing here by that id.',
      reason: 'not_found',
    });
  });

  it('says from when on to come again, as HTTP says it', async () => {
    const server = shared();
    const { id } = await create(server);
    const early = await restPost(server, 'authorizationRequest.challenge', { id });
    expect([early.status, early.problem.reason]).toEqual([429, 'rate_limited']);
    const retryAt = Date.parse(String(early.problem.details?.['retryAt']));
    expect(Date.parse(early.headers.get('retry-after') ?? '')).toBe(Math.ceil(retryAt / 1000) * 1000);
  });

  it('names the request it is about', async () => {
    const send = () => Promise.reject(new Error('private: canary-4711'));
    await using server = await startTestServer({ operations: { transfer }, methods: [otp({ send })] });
    const answer = await restPost(server, 'authorizationRequest.create', transferRequest);
    expect([answer.status, answer.problem.reason]).toEqual([502, 'delivery_failed']);
    expect(answer.problem.authorizationRequest).toMatchObject({ state: 'waiting', slug: 'transfer' });
    expect(answer.text).not.toContain('canary');
  });

  it('tells nothing of a driver, a path or a stack', async () => {
    await using server = await startTestServer({ operations: { transfer } });
    await server.database.sql.query('ALTER TABLE countersign.authorization_request RENAME TO elsewhere');
    const answer = await restGet(server, 'authorizationRequest.get', '?id=areq_06h03ysabhr0110k7cx2bc5ps0');
    expect([answer.status, answer.problem.reason]).toEqual([500, 'internal']);
    const { errorId } = answer.problem.details as { errorId: string };
    expect(answer.text).not.toMatch(/relation|authorization_request|node_modules|\.ts/);
    expect(server.log.filter((line) => line.includes(errorId))).toHaveLength(1);
    await server.database.sql.query('ALTER TABLE countersign.elsewhere RENAME TO authorization_request');
  });

  it.each<[string, Record<string, string>, string]>([
    ['nobody', { authorization: '' }, 'Bearer'],
    ['a cookie', { authorization: '', cookie: 'authorization=Bearer csk_' }, 'Bearer'],
    ['another key', { authorization: `Bearer csk_${'x'.repeat(43)}` }, 'Bearer error="invalid_token"'],
  ])('asks %s for a credential, before anything is read', async (_name, headers, wanted) => {
    const given = headers['authorization'] === '' ? { ...headers } : headers;
    if (given['authorization'] === '') delete given['authorization'];
    const url = `${shared().url}${restRoot}/authorizationRequest/create`;
    const answer = await readRest(
      await fetch(url, {
        method: 'POST',
        body: 'not JSON',
        headers: { 'content-type': 'application/json', ...given },
      }),
    );
    expect([answer.status, answer.problem.reason]).toEqual([401, 'unauthenticated']);
    expect(answer.headers.get('www-authenticate')).toBe(wanted);
  });
});

describe('a path', () => {
  it.each([
    '/api/v1',
    '/api/v1/',
    '/api/v1/authorizationRequest',
    '/api/v1/authorizationRequest/',
    '/api/v1/authorizationRequest/nothing',
    '/api/v1/authorizationRequest/get/',
    '/api/v1/authorizationRequest.get',
    '/api/v1/authorizationRequest/%67et',
    '/api/v1/authorizationrequest/get',
    '/api/v1//authorizationRequest/get',
    '/api/v1/authorizationRequest/toString',
    '/api/v1/__proto__/constructor',
    '/api/v1/constructor/prototype',
    '/api/v1/operator/unlock',
    '/api/v2/authorizationRequest/get',
  ])('that is none is not there: %s', async (path) => {
    for (const method of ['GET', 'POST']) {
      const answer = await fetch(`${shared().url}${path}`, {
        method,
        headers: { ...shared().credential, 'content-type': 'application/json' },
        ...(method === 'POST' && { body: '{}' }),
      });
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain('"reason":"not_found"');
    }
  });

  it('is called under its own verb alone', async () => {
    const routes = routesOf(router).filter(({ procedure }) => !procedure.startsWith('operator.'));
    for (const { path, type } of routes) {
      const right = { query: ['GET', 'HEAD'], subscription: ['GET'], mutation: ['POST'] }[type];
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        if (right.includes(method)) continue;
        const answer = await fetch(`${shared().url}${path}`, { method, headers: shared().credential });
        expect({ path, method, status: answer.status }).toEqual({ path, method, status: 405 });
        expect(answer.headers.get('allow')).toBe([...right, 'OPTIONS'].join(', '));
        await answer.text();
      }
      const asked = await fetch(`${shared().url}${path}`, { method: 'OPTIONS' });
      expect([asked.status, asked.headers.get('allow')]).toEqual([204, [...right, 'OPTIONS'].join(', ')]);
    }
  });

  it('answers HEAD without a body', async () => {
    const answer = await restGet(shared(), 'method.list', '', { method: 'HEAD' });
    expect([answer.status, answer.text]).toEqual([200, '']);
  });
});

describe('a web page', () => {
  it.each(['https://evil.example', 'http://bank.example', 'null', 'https://bank.example.evil.example'])(
    'may not call from %j',
    async (origin) => {
      for (const method of ['GET', 'OPTIONS']) {
        const answer = await restGet(shared(), 'method.list', '', { method, headers: { origin } });
        expect([answer.status, answer.problem.reason]).toEqual([403, 'forbidden']);
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      }
    },
  );

  it('may call from a listed origin, with a key of its own', async () => {
    const headers = { origin: origins[0]! };
    const answer = await restGet(shared(), 'method.list', '', { headers });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, origins[0]]);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    const asked = await fetch(`${shared().url}/api/v1/authorizationRequest/create`, {
      method: 'OPTIONS',
      headers: {
        ...headers,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,idempotency-key',
      },
    });
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-headers')).toContain('idempotency-key');
  });

  it.each([
    ['application/x-www-form-urlencoded', 'slug=transfer'],
    ['text/plain', '{"slug":"transfer"}'],
    ['multipart/form-data; boundary=x', '--x--'],
    ['application/json-seq', '{}'],
    ['', '{}'],
  ])('cannot send a form or another simple request: %j', async (type, body) => {
    const answer = await restPost(shared(), 'authorizationRequest.create', body, {
      headers: { 'content-type': type },
    });
    expect([answer.status, answer.problem.reason]).toEqual([415, 'invalid_input']);
  });
});

describe('a body', () => {
  const large = JSON.stringify({ slug: 'x'.repeat(64 * 1024) });
  const counted = async () => {
    const { rows } = await shared().database.sql.query<{ n: string }>(
      'SELECT count(*) AS n FROM countersign.authorization_request',
    );
    return rows[0]?.n;
  };

  it('of more than 64 KiB is refused, with and without a declared length', async () => {
    const declared = await restPost(shared(), 'authorizationRequest.create', large);
    const body = new Blob([large]).stream();
    const streamed = await restPost(shared(), 'authorizationRequest.create', '', { body, duplex: 'half' });
    for (const answer of [declared, streamed])
      expect([answer.status, answer.problem.reason]).toEqual([413, 'invalid_input']);
  });

  it.each<[string, string | Uint8Array<ArrayBuffer>]>([
    ['nothing', ''],
    ['no JSON', '{"slug":'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"transfer"'],
    ['a surplus key', JSON.stringify({ ...transferRequest, surplus: 1 })],
    ['what superjson writes', JSON.stringify({ json: transferRequest })],
    ['a prototype', JSON.stringify(transferRequest).replace('{', '{"__proto__":{"state":"granted"},')],
    [
      'a prototype deep inside',
      JSON.stringify(transferRequest).replace('"to":', '"__proto__":{"a":1},"to":'),
    ],
    ['a constructor', JSON.stringify({ ...transferRequest, data: { constructor: { prototype: {} } } })],
    ['40 levels', `${'{"data":'.repeat(40)}1${'}'.repeat(40)}`],
    ['a number for a text', JSON.stringify({ ...transferRequest, slug: 7 })],
    ['no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ])('that is %s is refused, and nothing happens', async (_name, body) => {
    const before = await counted();
    const answer = await restPost(shared(), 'authorizationRequest.create', '', { body });
    expect([answer.status, answer.problem.reason]).toEqual([400, 'invalid_input']);
    expect(await counted()).toBe(before);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('is the whole input of a mutation: its URL takes none', async () => {
    const { id } = await create(shared());
    const url = `${shared().url}/api/v1/authorizationRequest/cancel?id=${id}`;
    const headers = { ...shared().credential, 'content-type': 'application/json' };
    const answer = await readRest(
      await fetch(url, { method: 'POST', body: JSON.stringify({ id }), headers }),
    );
    expect([answer.status, answer.problem.reason]).toEqual([400, 'invalid_input']);
  });

  it('cannot have a code that is a number, here or, after such a call, over tRPC', async () => {
    const server = shared();
    const { id, code } = await create(server);
    const proof = { method: 'otp', code: Number(code) };
    const answer = await restPost(server, 'authorizationRequest.grant', { id, proof });
    expect([answer.status, answer.problem.reason]).toEqual([400, 'invalid_input']);
    expect((await mutate(server, 'authorizationRequest.grant', { id, proof })).error?.data.reason).toBe(
      'invalid_input',
    );
    expect((await query(server, 'authorizationRequest.list', { limit: '5' })).error?.data.reason).toBe(
      'invalid_input',
    );
    expect(await attemptsLeft(server, id)).toBe(5);
  });
});

describe('a query string', () => {
  it.each([
    ['a surplus name', 'authorizationRequest.list', '?surplus=1'],
    ['a name in other letters', 'authorizationRequest.list', '?Limit=1'],
    ['a text twice', 'authorizationRequest.get', '?id=areq_1&id=areq_2'],
    ['a number twice', 'authorizationRequest.list', '?limit=1&limit=1'],
    ['a number that is none', 'authorizationRequest.list', '?limit=many'],
    ['no number at all', 'authorizationRequest.list', '?limit='],
    ['a number in blanks', 'authorizationRequest.list', '?limit=%201'],
    ['a hexadecimal number', 'authorizationRequest.list', '?limit=0x10'],
    ['a number with an exponent', 'authorizationRequest.list', '?limit=1e1'],
    ['a number in full width', 'authorizationRequest.list', '?limit=１'],
    ['a number beyond its limit', 'authorizationRequest.list', '?limit=101'],
    ['a number that is not whole', 'authorizationRequest.list', '?limit=1.5'],
    ['something like true', 'method.list', '?includeInactive=1'],
    ['true in capitals', 'method.list', '?includeInactive=TRUE'],
    ['a type that is none', 'event.list', '?types=authorization_request.created&types=x'],
    ['an object as a text', 'authorizationRequest.list', '?relatedObject={"type":"a","id":"b"}'],
    [
      'an object and its fields',
      'authorizationRequest.list',
      '?relatedObject=a&relatedObject[type]=a&relatedObject[id]=b',
    ],
    ['half an object', 'authorizationRequest.list', '?relatedObject[type]=a'],
    [
      'a field twice',
      'authorizationRequest.list',
      '?relatedObject[type]=a&relatedObject[type]=b&relatedObject[id]=c',
    ],
    [
      'a surplus field',
      'authorizationRequest.list',
      '?relatedObject[type]=a&relatedObject[id]=b&relatedObject[x]=c',
    ],
    ['a field of a text', 'authorizationRequest.get', '?id[$ne]=x'],
    ['a prototype', 'authorizationRequest.list', '?__proto__=x'],
    ['a field of a prototype', 'authorizationRequest.list', '?__proto__[state]=granted'],
    [
      'a prototype in an object',
      'authorizationRequest.list',
      '?relatedObject[__proto__]=a&relatedObject[id]=b',
    ],
    ['a constructor', 'authorizationRequest.list', '?constructor[prototype]=x'],
    ['what tRPC writes', 'authorizationRequest.list', '?input=%7B%22json%22%3A%7B%7D%7D'],
    ['NUL', 'authorizationRequest.list', '?subjectId=a%00b'],
  ])('with %s is refused', async (_name, procedure, search) => {
    const answer = await restGet(shared(), procedure, search);
    expect([answer.status, answer.problem.reason]).toEqual([400, 'invalid_input']);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('says true and false', async () => {
    for (const [value, status] of [
      ['false', 200],
      ['true', 403],
    ] as const)
      expect((await restGet(shared(), 'method.list', `?includeInactive=${value}`)).status).toBe(status);
  });
});

describe('a scoped token', () => {
  it('opens what its scope names, whatever way it comes', async () => {
    const server = shared();
    const { id, subjectId } = await create(server);
    const scope = { rpc: { q: ['authorizationRequest.get'] } };
    const headers = bearer((await issue(server, { subjectId, scope })).token);
    expect((await restGet(server, 'authorizationRequest.get', `?id=${id}`, { headers })).status).toBe(200);
    for (const answer of [
      await restGet(server, 'authorizationRequest.list', '', { headers }),
      await restGet(server, 'event.stream', '', { headers }),
      await restPost(server, 'authorizationRequest.cancel', { id }, { headers }),
    ])
      expect([answer.status, answer.problem.reason]).toEqual([403, 'insufficient_scope']);
  });

  it('for routes of a host opens none of ours by its URL', async () => {
    const server = shared();
    const { id, subjectId } = await create(server);
    const scope = {
      http: { GET: ['/api/v1/authorizationRequest/get'], POST: ['/api/v1/authorizationRequest/cancel'] },
    };
    const headers = bearer((await issue(server, { subjectId, scope })).token);
    for (const answer of [
      await restGet(server, 'authorizationRequest.get', `?id=${id}`, { headers }),
      await restPost(server, 'authorizationRequest.cancel', { id }, { headers }),
    ])
      expect([answer.status, answer.problem.reason]).toEqual([403, 'insufficient_scope']);
  });

  it('shows nothing of another subject, as if it did not exist', async () => {
    const server = shared();
    const { id } = await create(server);
    const headers = bearer((await issue(server, { subjectId: 'eve', preset: 'subject' })).token);
    const answer = await restGet(server, 'authorizationRequest.get', `?id=${id}`, { headers });
    expect([answer.status, answer.problem.reason]).toEqual([404, 'not_found']);
  });

  it('beside another credential is refused', async () => {
    const server = shared();
    const { token } = await issue(server, { preset: 'subject' });
    const headers = { authorization: `Bearer ${token}, Bearer ${server.serviceKey}` };
    const answer = await restGet(server, 'method.list', '', { headers });
    expect([answer.status, answer.problem.reason]).toEqual([400, 'invalid_input']);
  });

  it('in the URL, where that is switched on, is no part of the input, and is for GET only', async () => {
    await using server = await startTestServer({
      operations: { transfer },
      scopedToken: { queryParameter: 'access_token' },
    });
    const { id, subjectId } = await create(server);
    const { token } = await issue(server, { subjectId, preset: 'subject', carriers: ['query'] });
    const search = `?id=${id}&access_token=${token}`;
    const url = `${server.url}/api/v1/authorizationRequest/`;
    expect((await fetch(`${url}get${search}`)).status).toBe(200);
    const headers = { 'content-type': 'application/json' };
    const posted = await fetch(`${url}cancel${search}`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ id }),
    });
    expect(posted.status).toBe(401);
    const twice = await readRest(await fetch(`${url}get${search}`, { headers: server.credential }));
    expect([twice.status, twice.problem.reason]).toEqual([400, 'invalid_input']);
    expect((await restGet(shared(), 'method.list', `?access_token=${token}`)).status).toBe(400);
  });
});
