import { describe, expect, it } from 'vitest';
import { createPublicUrl } from '../../src/dpop/public-url.ts';
import { targetOf } from '../../src/dpop/target.ts';
import { createLogger } from '../../src/log/logger.ts';

describe('the target of a URL', () => {
  it.each([
    ['https://bank.example/trpc/a.b'],
    ['HTTPS://bank.example/trpc/a.b'],
    ['https://BANK.example/trpc/a.b'],
    ['https://bank.example:443/trpc/a.b'],
    ['https://bank.example:/trpc/a.b'],
    ['https://bank.example/trpc/a.b?input=%7B%7D'],
    ['https://bank.example/trpc/a.b#top'],
    ['https://bank.example/./trpc/c/../a.b'],
    ['https://bank.example/%2e/trpc/c/%2E%2e/a.b'],
    ['https://bank.example/%74rpc/a%2Eb'],
  ])('is one for all spellings: %s', (url) => {
    expect(targetOf(url)).toBe('https://bank.example/trpc/a.b');
  });

  it.each([
    ['an empty path', 'http://localhost:4020', 'http://localhost:4020/'],
    ['the default port of http', 'http://localhost:80/a', 'http://localhost/a'],
    ['the case of reserved encodings', 'http://localhost/a%2fb%c3%a9', 'http://localhost/a%2Fb%C3%A9'],
    ['what is encoded twice', 'http://localhost/a%252e', 'http://localhost/a%252e'],
    ['an IPv6 address', 'http://[0:0::1]:4020/a', 'http://[::1]:4020/a'],
  ])('normalizes %s', (_, url, target) => {
    expect(targetOf(url)).toBe(target);
  });

  it.each([
    ['a comma and its encoding', '/a,b', '/a%2Cb'],
    ['a slash and its encoding', '/a/b', '/a%2Fb'],
    ['a slash at the end', '/a', '/a/'],
    ['two slashes', '/a/b', '/a//b'],
    ['case', '/a', '/A'],
    ['parameters', '/a', '/a;b'],
  ])('keeps apart: %s', (_, one, other) => {
    expect(targetOf(`https://bank.example${one}`)).not.toBe(targetOf(`https://bank.example${other}`));
  });

  it.each([
    [''],
    ['/trpc'],
    ['bank.example/trpc'],
    ['//bank.example/trpc'],
    ['https:/bank.example/trpc'],
    ['https:bank.example/trpc'],
    ['https:///bank.example/trpc'],
    ['https://'],
    ['https://?a'],
    ['wss://bank.example/trpc'],
    ['ftp://bank.example/trpc'],
    ['javascript://bank.example/%0aalert(1)'],
    ['https://ada@bank.example/trpc'],
    ['https://ada:secret@bank.example/trpc'],
    ['https://bank.example\\trpc'],
    ['https://bank.example/trpc\n'],
    ['https://bank.example/%'],
    ['https://bank.example/%2'],
    ['https://bank.example/%zz'],
    ['https://bank.example/é'],
    ['https://bánk.example/'],
    ['https://bank.example:99999/'],
    ['https://bank.example:a/'],
    ['https://[::1/'],
    [' https://bank.example/'],
  ])('is none for %j', (url) => {
    expect(targetOf(url)).toBeNull();
  });

  it('is its own target', () => {
    for (const url of ['https://bank.example/a%2fb/%7e/../c', 'http://localhost:80', 'http://[::1]:1/;a=b,c'])
      expect(targetOf(targetOf(url)!)).toBe(targetOf(url));
  });
});

describe('behind a proxy', () => {
  const inside = new Request('http://10.0.0.7:4020/trpc/event.list?input=%7B%7D', {
    headers: {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    },
  });

  it('the URL of a client is what the settings say, and no header tells another', () => {
    expect(createPublicUrl('https://bank.example')(inside)).toBe(
      'https://bank.example/trpc/event.list?input=%7B%7D',
    );
  });

  it('a path that the proxy takes away is put back', () => {
    for (const root of ['https://bank.example/security', 'HTTPS://Bank.example:443/security/'])
      expect(createPublicUrl(root)(inside)).toBe(
        'https://bank.example/security/trpc/event.list?input=%7B%7D',
      );
  });

  it('a function may believe a header of a proxy that it knows', () => {
    const publicUrl = createPublicUrl(({ url, headers }) => {
      const { pathname } = new URL(url);
      return `https://${headers.get('x-forwarded-host')}${pathname}`;
    });
    expect(publicUrl(inside)).toBe('https://evil.example/trpc/event.list');
  });

  it('a function is given no credential that its error could tell', () => {
    const given: string[] = [];
    const publicUrl = createPublicUrl(({ url, headers }) => {
      given.push(url, ...[...headers].flat());
      return 'https://bank.example';
    });
    const names = ['Authorization', 'Proxy-Authorization', 'Cookie', 'DPoP'];
    const headers = { host: 'bank.example', ...Object.fromEntries(names.map((name) => [name, 'secret'])) };
    publicUrl(new Request('http://10.0.0.7:4020/trpc/event.list?token=secret', { headers }));
    expect(given).toEqual(['http://10.0.0.7:4020/trpc/event.list', 'host', 'bank.example']);
  });

  it.each([
    ['throws', () => fail()],
    ['rejects', () => Promise.reject(new Error('no proxy told it'))],
    ['has an answer later', () => Promise.resolve('https://bank.example')],
    ['answers with nothing', () => undefined],
    ['answers with a path', () => '/trpc/event.list'],
    ['answers with a number', () => 7],
    ['answers with what cannot be a text', () => Symbol('url')],
    ['answers with a list', () => ['https://bank.example']],
  ])('a function that %s leaves the URL unknown, and says so once a minute', async (_what, answer) => {
    const logged: string[] = [];
    const logger = createLogger({ level: 'debug', write: (line) => void logged.push(line) });
    const publicUrl = createPublicUrl(answer as () => string, logger);
    for (let i = 0; i < 20; i += 1) expect(publicUrl(inside)).toBeNull();
    await new Promise((resolve) => setImmediate(resolve));
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('"level":"error"');
  });

  it.each([
    ['bank.example'],
    ['wss://bank.example'],
    ['https://bank.example?a'],
    ['https://a@b.example'],
    [''],
  ])('refuses %j at the start', (root) => {
    expect(() => createPublicUrl(root)).toThrow(TypeError);
  });
});

describe('where no publicUrl is said', () => {
  it.each([
    'http://localhost:4020/trpc/event.list',
    'http://LOCALHOST/',
    'https://127.0.0.1/',
    'http://127.1.2.3:1/',
    'http://[::1]:4020/trpc',
    'http://[0:0:0:0:0:0:0:1]/',
  ])('a server on this machine is known by its own URL: %s', (url) => {
    const { url: seen, headers } = new Request(url);
    expect(createPublicUrl()({ url: seen, headers })).toBe(seen);
  });

  it.each([
    'http://evil.example/trpc/event.list',
    'http://localhost.evil.example/',
    'http://evil.localhost/',
    'http://127.0.0.1.evil.example/',
    'http://127evil.example/',
    'http://128.0.0.1/',
    'http://0.0.0.0/',
    'http://10.0.0.7/',
    'http://[::2]/',
    'http://[::ffff:127.0.0.1]/',
  ])('a Host header that tells another name says nothing: %s', (url) => {
    const logged: string[] = [];
    const logger = createLogger({ level: 'debug', write: (line) => void logged.push(line) });
    const publicUrl = createPublicUrl(undefined, logger);
    for (let i = 0; i < 20; i += 1) expect(publicUrl(new Request(url))).toBeNull();
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('say publicUrl');
  });
});

function fail(): never {
  throw new Error('no proxy told it');
}
