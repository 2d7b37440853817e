import type { Context } from 'hono';
import { Hono } from 'hono';
import { methodOverride } from 'hono/method-override';
import { mount } from 'hono/mount';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHost, type RestHost } from './open-host.ts';

/** Says which route ran, and which path Hono found it by. */
const route =
  (name: string) =>
  (c: Context): Response =>
    c.json({ route: name, path: c.req.path });

let host: RestHost;
beforeAll(async () => {
  host = await openHost((app, { rest }) => {
    const guard = rest.hono();
    app.use('/guarded/*', guard);
    for (const name of ['foo', 'foobar', 'Foo', 'admin', 'foo/admin', 'café'])
      app.all(`/guarded/${name}`, route(name));
    app.all('/guarded/item/:id', (c) => c.json({ route: 'item', id: c.req.param('id') }));
    app.all('/guarded/foo/', route('foo/'));
    app.all('/guarded/*', route('*'));
  });
});
afterAll(() => host[Symbol.asyncDispose]());

const get = async (path: string, token: string): Promise<{ status: number; route: unknown }> => {
  const { status, body } = await host.send(`GET ${path}`, { Authorization: `Bearer ${token}` });
  return { status, route: status === 200 ? (JSON.parse(body) as { route: unknown }).route : null };
};

describe('a path that a token opens, as Hono dispatches on it', () => {
  it('is the granted one and what lies below, by whole segments, in one spelling and case', async () => {
    const exactly = await host.issue({ http: { GET: ['/guarded/foo'] } });
    const below = await host.issue({ http: { GET: ['/guarded/foo/**'] } });
    const rows: [path: string, exactly: string | null, below: string | null][] = [
      ['/guarded/foo', 'foo', 'foo'],
      ['/guarded/foo?x=1&y=../admin', 'foo', 'foo'],
      ['/guarded/foo/', null, 'foo/'],
      ['/guarded/foo/admin', null, 'foo/admin'],
      ['/guarded/foobar', null, null],
      ['/guarded/Foo', null, null],
      ['/GUARDED/foo', null, null],
      ['/guarded', null, null],
      ['/guarded/', null, null],
      // The same text, encoded where it need not be: routed and checked as what it is.
      ['/guarded/%66oo', 'foo', 'foo'],
      ['/%67uarded/foo', 'foo', 'foo'],
    ];
    for (const [path, one, many] of rows) {
      const wanted = (name: string | null) =>
        name === null ? { status: 403, route: null } : { status: 200, route: name };
      const isElsewhere = path === '/GUARDED/foo';
      expect({ path, ...(await get(path, exactly)) }).toEqual({
        path,
        ...(isElsewhere ? { status: 404, route: null } : wanted(one)),
      });
      expect({ path, ...(await get(path, below)) }).toEqual({
        path,
        ...(isElsewhere ? { status: 404, route: null } : wanted(many)),
      });
    }
  });

  it.each([
    '/guarded/foo/../admin',
    '/guarded/foo/./../admin',
    '/guarded/foo/%2e%2e/admin',
    '/guarded/foo/%2E./admin',
    '/guarded/foo/.%2e/admin',
    '/guarded/foo/..%2fadmin',
    '/guarded/foo/%2e%2e%2fadmin',
    '/guarded/foo/..%5cadmin',
    '/guarded/foo/%5c..%5cadmin',
    '/guarded/foo/..;/admin',
    '/guarded/foo/..;x=1/admin',
    '/guarded/foo/%252e%252e/admin',
    '/guarded/foo//admin',
    '/guarded/foo//',
    '//guarded/foo',
    '/guarded//foo',
    '/guarded/foo%2fadmin',
    '/guarded/foo%2Fadmin',
    '/guarded/foo%00',
    '/guarded/foo%0d%0aadmin',
    '/guarded/foo%zz',
    '/guarded/foo%',
    '/guarded/foo/%ff',
    '/guarded/foo/%c0%ae%c0%ae/admin',
    '/guarded/foo#/../admin',
    '/guarded/foo\\..\\admin',
    '/guarded/admin/../foo',
    '/guarded/./foo',
    '/x/../guarded/foo',
    '/guarded/foo/|',
    'http://bank.test/guarded/foo/../admin',
    'http://bank.test/guarded/admin/../foo',
  ])('is never repaired: GET %s opens nothing, whatever it would have become', async (path) => {
    const widest = await host.issue({ http: { GET: ['/guarded/foo/**', '/guarded/*/**', '/x/**'] } });
    const { status, route: ran } = await get(path, widest);
    expect({ ran, isRefused: [400, 403, 404].includes(status) }).toEqual({ ran: null, isRefused: true });
  });

  it('is asked for in the absolute form of a proxy as well', async () => {
    const token = await host.issue({ http: { GET: ['/guarded/foo'] } });
    expect(await get('http://bank.test/guarded/foo', token)).toEqual({ status: 200, route: 'foo' });
    expect(await get('http://ada@bank.test/guarded/foo', token)).toEqual({ status: 400, route: null });
    for (const path of [
      'http://bank.test/guarded/foobar',
      'http://bank.test/guarded/foo@bank.test/guarded/admin',
    ])
      expect(await get(path, token)).toEqual({ status: 403, route: null });
  });

  it.each([
    'bank.test/guarded/foo?',
    'bank.test/guarded/foo#',
    'bank.test/guarded/foo/..',
    'a@bank.test',
    '[::1',
    '',
  ])('is never read from the Host header: %s', async (Host) => {
    const token = await host.issue({ http: { GET: ['/guarded/foo/**'] } });
    const headers = { Host, Authorization: `Bearer ${token}` };
    for (const path of ['/guarded/admin', '/admin'])
      expect([400, 403, 404]).toContain((await host.send(`GET ${path}`, headers)).status);
  });

  it('may have names beyond ASCII, in every encoding of the same octets', async () => {
    const token = await host.issue({ http: { GET: ['/guarded/caf%C3%A9'] } });
    expect(await get('/guarded/caf%c3%a9', token)).toEqual({ status: 200, route: 'café' });
    expect(await get('/guarded/c%61f%C3%A9', token)).toEqual({ status: 200, route: 'café' });
    // The other form of é (NFD) is another name, for Hono too.
    expect(await get('/guarded/cafe%CC%81', token)).toEqual({ status: 403, route: null });
    const space = await host.issue({ http: { GET: ['/guarded/item/a%20b'] } });
    expect(await get('/guarded/item/a%20b', space)).toEqual({ status: 200, route: 'item' });
    expect(await get('/guarded/item/a+b', space)).toEqual({ status: 403, route: null });
  });
});

describe('a method that a token opens', () => {
  it.each([
    ['GET', 'GET', 200],
    ['HEAD', 'GET', 403],
    ['HEAD', 'HEAD', 200],
    ['GET', 'HEAD', 403],
    ['POST', 'GET', 403],
    ['DELETE', 'POST', 403],
    ['OPTIONS', 'GET', 403],
    ['PROPFIND', 'GET', 403],
    ['TRACE', 'GET', 400],
  ] as const)(
    'is the one of the request line: %s by a grant of %s answers %i',
    async (method, granted, status) => {
      const token = await host.issue({ http: { [granted]: ['/guarded/foo'] } });
      const answer = await host.send(`${method} /guarded/foo`, { Authorization: `Bearer ${token}` });
      expect(answer.status).toBe(status);
    },
  );

  it('is not overridden by a header, a form or a query parameter', async () => {
    await using other = await openHost((app, { rest }) => {
      app.use('*', methodOverride({ app, header: 'X-HTTP-METHOD-OVERRIDE' }));
      app.use('*', rest.hono());
      app.delete('/foo', route('delete'));
      app.post('/foo', route('post'));
    });
    const override = (token: string) =>
      other.send('POST /foo', { Authorization: `Bearer ${token}`, 'X-HTTP-Method-Override': 'DELETE' });
    for (const scope of [{ POST: ['/foo'] }, { DELETE: ['/foo'] }, { POST: ['/foo'], DELETE: ['/foo'] }])
      expect((await override(await other.issue({ http: scope }))).status).toBe(403);
    const plain = await other.issue({ http: { POST: ['/foo'] } });
    expect((await other.send('POST /foo', { Authorization: `Bearer ${plain}` })).status).toBe(200);
  });
});

describe('an app in an app', () => {
  const call = async (one: RestHost, path: string, token: string): Promise<string> => {
    const { status, body } = await one.send(`GET ${path}`, { Authorization: `Bearer ${token}` });
    return status === 200 ? body : String(status);
  };

  it('is checked by the whole path, nested by route and by basePath, also beside one of equal length', async () => {
    await using one = await openHost((app, { rest }) => {
      const guard = rest.hono();
      const inner = new Hono().get('/foo', guard, (c) => c.text('inner'));
      app.route('/api', inner);
      app.route(
        '/adm',
        new Hono().get('/foo', guard, (c) => c.text('admin')),
      );
      app.basePath('/v1').get('/foo', guard, (c) => c.text('v1'));
      app.basePath('/v2').get('/foo', guard, (c) => c.text('v2'));
    });
    const api = await one.issue({ http: { GET: ['/api/foo'] } });
    expect(await call(one, '/api/foo', api)).toBe('inner');
    expect(await call(one, '/adm/foo', api)).toBe('403');
    const v1 = await one.issue({ http: { GET: ['/v1/**'] } });
    expect(await call(one, '/v1/foo', v1)).toBe('v1');
    expect(await call(one, '/v2/foo', v1)).toBe('403');
    const relative = await one.issue({ http: { GET: ['/foo'] } });
    for (const path of ['/api/foo', '/adm/foo', '/v1/foo'])
      expect(await call(one, path, relative)).toBe('403');
  });

  it('is checked by the whole path where it is mounted, and by nothing without knowing where that is', async () => {
    await using one = await openHost((app, { rest }) => {
      const appOf = (name: string, mountedAt?: string) =>
        new Hono()
          .use('*', rest.hono(mountedAt === undefined ? {} : { mountedAt }))
          .all('*', (c) => c.text(`${name} ${c.req.path}`));
      app.all('/api/*', mount(appOf('api', '/api').fetch));
      app.all('/adm/*', mount(appOf('adm', '/adm').fetch));
      app.all('/who/*', mount(appOf('who').fetch));
      app.all('/lie/*', mount(appOf('lie', '/api').fetch));
    });
    const api = await one.issue({ http: { GET: ['/api/**', '/foo'] } });
    expect(await call(one, '/api/foo', api)).toBe('api /foo');
    expect(await call(one, '/api', api)).toBe('api /');
    expect(await call(one, '/api/', api)).toBe('api /');
    for (const path of ['/adm/foo', '/who/foo', '/lie/foo', '/api/../adm/foo', '/api/%2e%2e/adm/foo'])
      expect({ path, answer: await call(one, path, api) }).toEqual({ path, answer: '403' });
    expect(one.log.filter((line) => line.includes('mountedAt'))).toHaveLength(2);
    for (const mountedAt of ['api', '/api/', '/', '/a/../b', '//api'])
      expect(() => one.rest.hono({ mountedAt })).toThrow('mountedAt');
  });

  it('has no token left when the guard stands outside of it', async () => {
    await using one = await openHost((app, { rest, arrived }) => {
      app.use('/api/*', rest.hono());
      const inner = new Hono().all('*', (c) => {
        arrived.push(c.req.raw);
        return c.text(c.req.path);
      });
      app.all('/api/*', mount(inner.fetch));
    });
    const token = await one.issue({ http: { GET: ['/api/foo'] } });
    expect(await call(one, '/api/foo', token)).toBe('/foo');
    expect(await call(one, '/api/fob', token)).toBe('403');
    expect(JSON.stringify([...one.arrived[0]!.headers])).not.toContain('cst1');
  });

  it('that is not strict about the slash at the end opens what it runs', async () => {
    await using one = await openHost((app, { rest }) => {
      const loose = new Hono({ strict: false });
      loose.get('/foo', rest.hono(), (c) => c.text('foo'));
      loose.get('/foobar', rest.hono(), (c) => c.text('foobar'));
      app.all('*', (c) => loose.fetch(c.req.raw, c.env));
    });
    const token = await one.issue({ http: { GET: ['/foo'] } });
    expect(await call(one, '/foo', token)).toBe('foo');
    expect(await call(one, '/foo/', token)).toBe('foo');
    expect(await call(one, '/foo//', token)).not.toBe('foo');
    expect(await call(one, '/foobar/', token)).toBe('403');
  });
});

it('a route is checked by what another router found it by, where that is said', async () => {
  await using one = await openHost(() => undefined, {
    answer: (request, rest) => {
      const { pathname } = new URL(request.url);
      const path = decodeURIComponent(pathname).toLowerCase(); // careless, as some routers are
      const method = request.headers.get('x-method') ?? request.method;
      return rest(request, ({ auth }) => new Response(auth.subjectId), { path, method });
    },
  });
  const token = await one.issue({ http: { GET: ['/foo/**'] } });
  const call = async (path: string, more = {}) =>
    (await one.send(`GET ${path}`, { Authorization: `Bearer ${token}`, ...more })).status;
  expect(await call('/foo/1')).toBe(200);
  expect(await call('/FOO/1')).toBe(200);
  expect(await call('/foobar')).toBe(403);
  expect(await call('/foo/..%2fadmin')).toBe(403);
  expect(await call('/foo/%2e%2e%2f%2e%2e')).toBe(403);
  expect(await call('/foo/1', { 'X-Method': 'DELETE' })).toBe(403);
});
