import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testing/index.ts';
import { mutate, post, query, read } from './support/http.ts';
import { sharedServer } from './support/shared-server.ts';
import { transferRequest } from './support/transfer.ts';

const origins = ['https://bank.example'];

describe('a web page', () => {
  const shared = sharedServer({ origins });
  it('may call from a listed origin and is told so', async () => {
    const server = shared();
    const answer = await query(server, 'method.list', undefined, { headers: { origin: origins[0]! } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origins[0]);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('vary')).toMatch(/origin/i);
  });

  it.each([
    'https://evil.example',
    'http://bank.example',
    'https://bank.example:8443',
    'https://bank.example.evil.example',
    'https://bank.example/',
    'HTTPS://BANK.EXAMPLE',
    'null',
    '',
  ])('may not call from %j', async (origin) => {
    const server = shared();
    for (const answer of [
      await rawCall(server, [`Origin: ${origin}`]),
      await rawCall(server, [`Origin: ${origin}`], 'OPTIONS'),
    ]) {
      expect(answer).toMatch(/^HTTP\/1.1 403 /);
      expect(answer).toContain('"reason":"forbidden"');
      expect(answer).not.toMatch(/access-control-allow-origin/i);
    }
  });

  it('may read why it was refused, when its origin is listed', async () => {
    const headers = { origin: origins[0]!, 'content-type': 'text/plain', authorization: '' };
    for (const answer of [
      await mutate(shared(), 'method.list', {}, { headers }),
      await query(shared(), 'method.list', undefined, { headers }),
    ]) {
      expect(answer.error?.data.reason).toBeDefined();
      expect(answer.headers.get('access-control-allow-origin')).toBe(origins[0]);
    }
  });

  it('may ask before it calls', async () => {
    const server = shared();
    const answer = await fetch(`${server.url}/trpc/authorizationRequest.create`, {
      method: 'OPTIONS',
      headers: {
        origin: origins[0]!,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET,POST');
    expect(answer.headers.get('access-control-allow-headers')).toContain('authorization');
  });

  it.each([
    ['application/x-www-form-urlencoded', 'json=1'],
    ['text/plain', '{"json":{}}'],
    ['multipart/form-data; boundary=x', '--x--'],
    ['application/octet-stream', '{"json":{}}'],
    ['application/json-seq', '{"json":{}}'],
    ['', '{"json":{}}'],
  ])('cannot send a form or another simple request: %j', async (type, body) => {
    const server = shared();
    const stored = () =>
      server.database.sql
        .query('SELECT FROM countersign.authorization_request')
        .then(({ rowCount }) => rowCount);
    const before = await stored();
    const answer = await post(server, 'authorizationRequest.create', new Blob([body]), {
      headers: { 'content-type': type },
    });
    expect(answer.status).toBe(415);
    expect(answer.error?.data).toMatchObject({ reason: 'invalid_input', httpStatus: 415 });
    expect(await stored()).toBe(before);
  });

  it('may say which charset its JSON has', async () => {
    const server = shared();
    const answer = await mutate(server, 'authorizationRequest.create', transferRequest, {
      headers: { 'content-type': 'Application/JSON; charset=utf-8' },
    });
    expect(answer.error?.data.reason ?? 'created').not.toBe('unauthenticated');
    expect(answer.status).not.toBe(415);
  });

  it('cannot act by cookie', async () => {
    const server = shared();
    const cookie = `authorization=Bearer ${server.serviceKey}; session=${server.serviceKey}`;
    const answer = await read(await fetch(`${server.url}/trpc/method.list`, { headers: { cookie } }));
    expect(answer.error?.data.reason).toBe('unauthenticated');
  });
});

describe('a body', () => {
  const shared = sharedServer();
  const large = JSON.stringify({ json: { slug: 'x'.repeat(64 * 1024) } });

  it('of more than 64 KiB is refused by its declared length', async () => {
    const server = shared();
    const answer = await post(server, 'authorizationRequest.create', large);
    expect(answer.error?.data).toMatchObject({
      reason: 'invalid_input',
      code: 'PAYLOAD_TOO_LARGE',
      httpStatus: 413,
    });
  });

  it('of more than 64 KiB is refused while it streams in without a length', async () => {
    const server = shared();
    const body = new Blob([large]).stream();
    const answer = await post(server, 'authorizationRequest.create', body, { duplex: 'half' });
    expect(answer.error?.data).toMatchObject({ reason: 'invalid_input', httpStatus: 413 });
  });

  it('within the limit may stream in', async () => {
    const server = shared();
    const body = new Blob([JSON.stringify({ json: { ...transferRequest, title: 'Transfer' } })]).stream();
    const answer = await post(server, 'authorizationRequest.create', body, { duplex: 'half' });
    expect(answer.status).toBe(200);
  });

  it('of 64 KiB exactly is read', async () => {
    const server = shared();
    const empty = JSON.stringify({ json: { slug: '' } });
    const answer = await post(
      server,
      'authorizationRequest.create',
      JSON.stringify({ json: { slug: 'x'.repeat(64 * 1024 - empty.length) } }),
    );
    expect(answer.error?.data).toMatchObject({ reason: 'invalid_input', httpStatus: 400 });
  });
});

describe('a batch', () => {
  const shared = sharedServer();
  const batch = (server: TestServer, paths: readonly string[], inputs: unknown, init: RequestInit = {}) =>
    fetch(`${server.url}/trpc/${paths.join(',')}?batch=1`, {
      method: 'POST',
      headers: { ...server.credential, 'content-type': 'application/json' },
      body: JSON.stringify(inputs),
      ...init,
    });

  it('has at most ten calls', async () => {
    const server = shared();
    const paths = Array.from({ length: 11 }, () => 'authorizationRequest.cancel');
    const answer = await read(await batch(server, paths, {}));
    expect(answer.error?.data).toMatchObject({ reason: 'invalid_input', httpStatus: 400 });
  });

  it.each(['check', 'grant', 'deny'])('judges one proof at most: %s', async (verb) => {
    const server = shared();
    const created = await mutate(server, 'authorizationRequest.create', {
      ...transferRequest,
      subjectId: verb,
      title: 'Transfer',
    });
    const { id } = created.result as { id: string };
    const paths = Array.from({ length: 5 }, () => `authorizationRequest.${verb}`);
    const guess = { json: { id, proof: { method: 'otp', code: '00000000' } } };
    const answers = (await (
      await batch(server, paths, Object.fromEntries(paths.map((_path, index) => [index, guess])))
    ).json()) as { error?: { json: { data: { reason: string } } } }[];
    expect(answers).toHaveLength(5);
    for (const answer of answers.slice(1)) expect(answer.error?.json.data.reason).toBe('invalid_input');
    const after = await query(server, 'authorizationRequest.get', { id });
    expect((after.result as { attemptsLeft: number }).attemptsLeft).toBeGreaterThanOrEqual(4);
  });

  it('may carry denials without a proof', async () => {
    const server = shared();
    const path = 'authorizationRequest.deny';
    const missing = { json: { id: 'areq_nothing' } };
    const answers = (await (await batch(server, [path, path], { 0: missing, 1: missing })).json()) as {
      error: { json: { data: { reason: string } } };
    }[];
    expect(answers.map(({ error }) => error.json.data.reason)).toEqual(['not_found', 'not_found']);
  });
});

it('sends headers with which nothing in an answer can run, be framed or be kept', async () => {
  await using server = await startTestServer();
  const { headers } = await query(server, 'method.list');
  expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-powered-by')).toBeNull();
});

it('reports that it lives, and whether it can work', async () => {
  await using server = await startTestServer({ development: false });
  expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(`${server.url}/readyz`)).json()).toEqual({
    status: 'ok',
    database: true,
    migrations: true,
    keys: true,
  });
  await server.database.sql.query('DELETE FROM countersign.migration');
  const answer = await fetch(`${server.url}/readyz`);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ status: 'unavailable', database: true, migrations: false });
});

/** A call as bytes, for what `fetch` would not send. */
function rawCall(server: TestServer, headers: readonly string[], method = 'GET'): Promise<string> {
  const lines = [
    `${method} /trpc/method.list HTTP/1.1`,
    `Host: localhost:${server.port}`,
    `Authorization: Bearer ${server.serviceKey}`,
    'Connection: close',
    ...headers,
  ];
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(server.port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}
