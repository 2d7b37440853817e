import { readDjangoToken, writeDjangoToken } from '@countersign/core/scoped-token';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer } from '../../testing/index.ts';
import { query } from '../support/http.ts';
import { openHost, type RestHost } from './open-host.ts';

interface Vectors {
  readonly secret: string;
  readonly cases: readonly {
    readonly obj: { user: number; max_age: number; endpoints: { GET: string[] }; recipient: string };
    readonly salt: string;
    readonly token: string;
  }[];
}

/** Tokens that Django itself has written. */
const vectors = JSON.parse(
  readFileSync(
    new URL('../../../core/test/scoped-token/vectors/django-signing.json', import.meta.url),
    'utf8',
  ),
) as Vectors;

const secret = 'the SECRET_KEY of a Django application';
const payload = {
  user: 7,
  max_age: 360,
  endpoints: { GET: ['/api/foo'], POST: ['/api/foo'] },
  recipient: 'partner',
};
const inactive = new Set<string>();

/** A host that takes tokens of Django as well. */
function openMigratingHost(django: object = {}): Promise<RestHost> {
  return openHost(
    (app, { rest, arrived }) => {
      app.all('/api/*', rest.hono(), (c) => {
        arrived.push(c.req.raw);
        return c.json(c.get('auth'));
      });
      app.post('/paid', rest.hono({ pays: { slug: 'transfer', data: (c) => c.req.json() } }), (c) =>
        c.text('paid'),
      );
      app.all('/open', rest.hono({ withoutToken: 'pass' }), (c) => c.json(c.get('auth')));
    },
    {
      django: { secrets: ['a newer one', secret], ...django },
      subjectActive: (subjectId) => !inactive.has(subjectId),
      queryParameter: 'token',
    },
  );
}

let host: RestHost;
beforeAll(async () => {
  host = await openMigratingHost();
});
afterAll(() => host[Symbol.asyncDispose]());
beforeEach(() => void host.arrived.splice(0));

const now = (one = host): number => Math.floor(one.test.clock.now().getTime() / 1000);
const write = (changes: object = {}, more: object = {}): string =>
  writeDjangoToken({ ...payload, ...changes }, { secret, now: now(), ...more });
const status = async (line: string, token: string, scheme = 'TmpToken', one = host): Promise<number> =>
  (await one.send(line, { Authorization: `${scheme} ${token}` })).status;

describe('a token that Django has written', () => {
  it.each([...new Set(vectors.cases.map(({ salt }) => salt))])(
    'opens its endpoints, under the salt %s',
    async (salt) => {
      await using one = await openMigratingHost({ secrets: [vectors.secret], salt });
      for (const { obj, token, ...written } of vectors.cases) {
        const reading = readDjangoToken(token, {
          secrets: [vectors.secret],
          salt: written.salt,
          now: Infinity,
        });
        if (!reading.ok) throw new Error(reading.reason);
        one.test.clock.set(new Date((reading.issuedAt + 10) * 1000));
        const path = obj.endpoints.GET[0]!;
        const answer = await one.send(`GET ${path}`, { Authorization: `TmpToken ${token}` });
        expect(answer.status).toBe(written.salt === salt ? 200 : 401);
        if (written.salt === salt)
          expect(JSON.parse(answer.body)).toEqual({
            kind: 'subject',
            subjectId: String(obj.user),
            sessionId: null,
            token: {
              format: 'django',
              id: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/) as string,
              expiresAt: new Date((reading.issuedAt + obj.max_age) * 1000).toISOString(),
              recipients: [obj.recipient],
            },
            recipient: obj.recipient,
            receipts: [],
          });
      }
    },
  );

  it('may come by the scheme of our own tokens, and beside them', async () => {
    const token = write();
    for (const scheme of ['TmpToken', 'tmptoken', 'Bearer'])
      expect(await status('GET /api/foo/1', token, scheme)).toBe(200);
    expect(await status('GET /api/foo/1', token, 'Basic')).toBe(401);
    const ours = await host.issue({ http: { GET: ['/api/foo/**'] } });
    for (const scheme of ['TmpToken', 'Bearer'])
      expect(await status('GET /api/foo/1', ours, scheme)).toBe(200);
    expect(await status('GET /open', token)).toBe(403);
    expect(await status('GET /open', `${token}x`)).toBe(401);
    // A service key may hold colons.
    expect(await status('GET /open', `csk_${'k'.repeat(32)}:k:k`, 'Bearer')).toBe(200);
  });

  it('is nowhere in what the route gets; its recipient is', async () => {
    const token = write();
    await host.send('GET /api/foo', {
      Authorization: `TmpToken ${token}`,
      'X-Api-Token-Recipient': 'forged',
    });
    const [request] = host.arrived;
    const text = JSON.stringify([request!.url, ...request!.headers]);
    expect(text).toContain('partner');
    expect(text).not.toMatch(/forged|TmpToken/);
    expect(text).not.toContain(token.slice(0, 20));
    expect(host.log.join('')).not.toContain(token.slice(0, 20));
  });

  it('opens whole segments, and paths that are canonical', async () => {
    const token = write();
    const rows: [string, number][] = [
      ['GET /api/foo', 200],
      ['GET /api/foo/', 200],
      ['GET /api/foo/1', 200],
      ['POST /api/foo', 200],
      ['GET /api/foobar', 403],
      ['GET /api/fo', 403],
      ['GET /api/foo/../bar', 403],
      ['GET /api/foo/..%2fbar', 403],
      ['HEAD /api/foo', 403],
      ['DELETE /api/foo', 403],
    ];
    for (const [line, wanted] of rows)
      expect({ line, status: await status(line, token) }).toEqual({ line, status: wanted });
  });

  it('opens what begins alike only where that was switched on, and still only canonical paths', async () => {
    await using raw = await openMigratingHost({ rawPrefixes: true });
    const token = writeDjangoToken(payload, { secret, now: now(raw) });
    const rows: [string, number][] = [
      ['GET /api/foobar', 200],
      ['GET /api/fo', 403],
      ['GET /api/foo/../bar', 403],
      ['GET /api/foo/%2e%2e/bar', 403],
      ['DELETE /api/foobar', 403],
    ];
    for (const [line, wanted] of rows)
      expect({ line, status: await status(line, token, 'TmpToken', raw) }).toEqual({ line, status: wanted });
    const root = writeDjangoToken({ ...payload, endpoints: { GET: ['/'] } }, { secret, now: now(raw) });
    expect(await status('GET /api/foo', root, 'TmpToken', raw)).toBe(401);
  });
});

describe('what a signature of Django does not say', () => {
  it('is asked again: form, end, lifetime, reach, whose, and all in the same words', async () => {
    const rows: Record<string, string> = {
      'another secret': writeDjangoToken(payload, { secret: 'not it', now: now() }),
      'another salt': write({}, { salt: 'password-reset' }),
      'no token at all': writeDjangoToken({ user: 7 }, { secret, now: now() }),
      'a list': writeDjangoToken([payload], { secret, now: now() }),
      'another claim': write({ admin: true }),
      'no user': write({ user: null }),
      'a user that is true': write({ user: true }),
      'an empty user': write({ user: '' }),
      'a lifetime in words': write({ max_age: '360' }),
      'no lifetime': write({ max_age: undefined }),
      'a lifetime of nothing': write({ max_age: 0 }),
      'a lifetime beyond a day': write({ max_age: 86_401 }),
      'its end': write({ max_age: 60 }, { now: now() - 60 }),
      'a time to come': write({}, { now: now() + 120 }),
      'every endpoint': write({ endpoints: { GET: ['/'] } }),
      'an endpoint that is no path': write({ endpoints: { GET: ['api/foo'] } }),
      'an endpoint with dots': write({ endpoints: { GET: ['/api/../api/foo'] } }),
      'a method in lower case': write({ endpoints: { get: ['/api/foo'] } }),
      'no endpoints': write({ endpoints: undefined }),
      'a recipient that is no text': write({ recipient: 7 }),
      'a recipient with a line break': write({ recipient: 'a\r\nX-Admin: 1' }),
      'a signature of SHA-1': `${write().split(':').slice(0, 2).join(':')}:${'A'.repeat(27)}`,
      malformed: `${write()}:x`,
    };
    const answers = new Set<string>();
    for (const [name, token] of Object.entries(rows)) {
      const answer = await host.send('GET /api/foo', { Authorization: `TmpToken ${token}` });
      expect({ name, status: answer.status }).toEqual({ name, status: 401 });
      answers.add(`${answer.body} ${answer.headers.get('www-authenticate') ?? ''}`);
    }
    expect(answers.size).toBe(1);
    expect(host.arrived).toEqual([]);
    expect(await status('GET /api/foo', write({ max_age: 86_400 }))).toBe(200);
  });

  it('is whether its user still may act, and whether all tokens of that user were revoked', async () => {
    const token = write({ user: 'eve' });
    expect(await status('GET /api/foo', token)).toBe(200);
    inactive.add('eve');
    host.test.clock.advance(10);
    expect(await status('GET /api/foo', token)).toBe(401);
    inactive.delete('eve');
    host.test.clock.advance(10);
    expect(await status('GET /api/foo', token)).toBe(200);
    await host.test.core.scopedToken.revoke(host.test.service, { subjectId: 'eve' });
    expect(await status('GET /api/foo', token)).toBe(401);
    expect(await status('GET /api/foo', write({ user: 'eve' }))).toBe(401);
    expect(await status('GET /api/foo', write({ user: 'adam' }))).toBe(200);
  });

  it('is that it ends: a second later it opens nothing', async () => {
    const token = write({ max_age: 30 });
    expect(await status('GET /api/foo', token)).toBe(200);
    host.test.clock.advance(30);
    expect(await status('GET /api/foo', token)).toBe(401);
  });

  it('is that it may stand in a URL, or pay', async () => {
    expect((await host.send(`GET /api/foo?token=${encodeURIComponent(write())}`)).status).toBe(401);
    const paying = write({ endpoints: { POST: ['/paid'] } });
    expect(await status('POST /paid', paying)).toBe(403);
  });

  it('does not make two credentials one', async () => {
    const ours = await host.issue({ http: { GET: ['/api/foo'] } });
    const headers = [`Authorization: TmpToken ${write()}`, `Authorization: Bearer ${ours}`];
    expect((await host.send('GET /api/foo', headers)).status).toBe(400);
  });
});

it('a token of Django opens no procedure of ours, and no route where Django is not named', async () => {
  await using server = await startTestServer({
    scopedToken: { legacySchemes: ['TmpToken'], django: { secrets: [secret] } },
  });
  const token = writeDjangoToken(
    { user: 'ada', max_age: 360, endpoints: { GET: ['/trpc'], POST: ['/trpc'] } },
    { secret, now: Math.floor(server.clock.now().getTime() / 1000) },
  );
  for (const scheme of ['TmpToken', 'Bearer']) {
    const headers = { authorization: `${scheme} ${token}` };
    expect((await query(server, 'method.list', undefined, { headers })).status).toBe(401);
  }
  await using plain = await openHost((app, { rest }) => {
    app.all('/api/*', rest.hono(), (c) => c.text('in'));
  });
  const other = writeDjangoToken(payload, { secret, now: now(plain) });
  for (const scheme of ['TmpToken', 'Bearer'])
    expect(await status('GET /api/foo', other, scheme, plain)).toBe(401);
});
