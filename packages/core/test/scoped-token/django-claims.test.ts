import { describe, expect, it } from 'vitest';
import {
  allowsHttp,
  allowsRawPrefix,
  claimsFromDjangoToken,
  djangoPayloadFromClaims,
  mintScopedToken,
  readDjangoToken,
  scopeFromEndpoints,
  writeDjangoToken,
  type Claims,
  type Endpoints,
} from '../../src/scoped-token/index.ts';
import { createRandom } from '../../testing/random.ts';
import { audience, claims, iat, key, kid, verify } from './hand-made.ts';

const payload = {
  user: 7,
  max_age: 360,
  endpoints: { GET: ['/api/v1/foo'], POST: ['/api/v1/caf%C3%A9'] },
  recipient: 'r0',
};
const options = { audience, issuedAt: iat };
const reason = (name: string): unknown => expect.objectContaining({ reason: name });

describe('the claims of a Django token', () => {
  it('are its user, its endpoints, its end and its recipient', () => {
    expect(claimsFromDjangoToken(payload, options)).toEqual({
      jti: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/) as string,
      sub: '7',
      aud: audience,
      iat,
      exp: iat + 360,
      scp: { http: { GET: ['/api/v1/foo/**'], POST: ['/api/v1/caf%C3%A9/**'] } },
      rcp: 'r0',
    });
  });

  it('can be minted as they are', () => {
    const minted = mintScopedToken({ key, kid, claims: claimsFromDjangoToken(payload, options) });
    expect(verify(minted).ok).toBe(true);
  });

  it('have an id of their own, always the same one', () => {
    const id = (changes: object, other = options) =>
      claimsFromDjangoToken({ ...payload, ...changes }, other).jti;
    const ids = [
      id({}),
      id({ user: 8 }),
      id({ max_age: 361 }),
      id({ recipient: 'r1' }),
      id({ endpoints: { GET: ['/api/v1/bar'] } }),
      id({}, { audience, issuedAt: iat + 1 }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    expect(id({})).toBe(id({}));
  });

  it('may list longer prefixes than a minted scope', () => {
    const { scp } = claimsFromDjangoToken(
      { ...payload, endpoints: { GET: [`/${'x'.repeat(300)}`] } },
      options,
    );
    expect(allowsHttp(scp, 'GET', `/${'x'.repeat(300)}/a`)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a text', 'user 7'],
    ['nothing', null],
    ['a list', [payload]],
    ['another key', { ...payload, is_staff: true }],
    ['no user', { ...payload, user: undefined }],
    ['a user that is true', { ...payload, user: true }],
    ['a user that is a fraction', { ...payload, user: 1.5 }],
    ['a user that is empty', { ...payload, user: '' }],
    ['no endpoints', { ...payload, endpoints: undefined }],
    ['endpoints that are a list', { ...payload, endpoints: ['/api'] }],
    ['a method in lower case', { ...payload, endpoints: { get: ['/api'] } }],
    ['another method', { ...payload, endpoints: { TRACE: ['/api'] } }],
    ['one prefix that is no list', { ...payload, endpoints: { GET: '/api' } }],
    ['a prefix that is a number', { ...payload, endpoints: { GET: [1] } }],
    ['a prefix that is empty', { ...payload, endpoints: { GET: [''] } }],
    ['a prefix without a slash', { ...payload, endpoints: { GET: ['api'] } }],
    ['a prefix with dots', { ...payload, endpoints: { GET: ['/api/../admin'] } }],
    ['a prefix with two slashes', { ...payload, endpoints: { GET: ['/api//v1'] } }],
    ['a prefix with a star, which was no wildcard', { ...payload, endpoints: { GET: ['/api/*'] } }],
    ['a prefix with a query', { ...payload, endpoints: { GET: ['/api?x'] } }],
    ['no max_age', { ...payload, max_age: undefined }],
    ['a max_age of null', { ...payload, max_age: null }],
    ['a max_age that is true', { ...payload, max_age: true }],
    ['a max_age that is a text', { ...payload, max_age: '360' }],
    ['a max_age of 0', { ...payload, max_age: 0 }],
    ['a negative max_age', { ...payload, max_age: -1 }],
    ['a recipient that is a number', { ...payload, recipient: 1 }],
    ['a recipient with a line break', { ...payload, recipient: 'a\r\nX-Admin: 1' }],
  ])('are refused, though signed, for %s', (_, signed) => {
    expect(() => claimsFromDjangoToken(signed, options)).toThrow(reason('invalid_input'));
  });

  it.each([1.5, -1, Number.NaN, undefined])('are refused for a time of signing of %s', (issuedAt) => {
    expect(() => claimsFromDjangoToken(payload, { audience, issuedAt: issuedAt as number })).toThrow(
      reason('invalid_input'),
    );
  });

  it('are refused beyond 24 hours, and for every endpoint without allowRoot', () => {
    expect(() => claimsFromDjangoToken({ ...payload, max_age: 86_401 }, options)).toThrow(
      reason('lifetime_too_long'),
    );
    const root = { ...payload, endpoints: { GET: ['/'] } };
    expect(() => claimsFromDjangoToken(root, options)).toThrow(reason('scope_too_wide'));
    expect(claimsFromDjangoToken(root, { ...options, allowRoot: true }).scp).toEqual({
      http: { GET: ['/**'] },
    });
  });
});

describe('endpoints', () => {
  it('become grants of whole segments', () => {
    expect(scopeFromEndpoints({ GET: ['/api/v1/foo'] })).toEqual({ http: { GET: ['/api/v1/foo/**'] } });
    expect(scopeFromEndpoints({})).toEqual({ http: {} });
    expect(scopeFromEndpoints({ GET: ['/caf%c3%a9'] })).toEqual({ http: { GET: ['/caf%C3%A9/**'] } });
  });

  it('that end in a slash do not open the path without it', () => {
    const scope = scopeFromEndpoints({ GET: ['/foo/'] });
    const open = ['/foo/', '/foo/bar', '/foo/bar/', '/foo/bar/baz'].map((path) =>
      allowsHttp(scope, 'GET', path),
    );
    const closed = ['/foo', '/foobar', '/', '/bar/foo/'].map((path) => allowsHttp(scope, 'GET', path));
    expect([open, closed]).toEqual([Array(4).fill(true), Array(4).fill(false)]);
  });

  it('open nothing that they did not open before, in 20,000 requests', () => {
    const seed = Date.now() % 2 ** 32;
    const random = createRandom(seed);
    const path = () =>
      `/${Array.from({ length: 1 + random.integer(3) }, () => random.pick(['a', 'ab', 'b', 'b%20'])).join('/')}${random.pick(['', '/'])}`;
    for (let request = 0; request < 20_000; request += 1) {
      const endpoints: Endpoints = { GET: [path()], POST: [path(), path()] };
      const method = random.pick(['GET', 'POST', 'PUT']);
      const requested = path();
      if (allowsHttp(scopeFromEndpoints(endpoints), method, requested))
        expect(
          allowsRawPrefix(endpoints, method, requested),
          `seed ${seed}: ${JSON.stringify([endpoints, method, requested])}`,
        ).toBe(true);
    }
  });
});

describe('matching by raw prefix, where it is asked for by name', () => {
  const endpoints: Endpoints = { GET: ['/api/v1/foo'] };

  it('opens what begins alike, as those tokens did', () => {
    for (const path of ['/api/v1/foo', '/api/v1/foo/1', '/api/v1/foobar'])
      expect(allowsRawPrefix(endpoints, 'GET', path)).toBe(true);
    expect(allowsHttp(scopeFromEndpoints(endpoints), 'GET', '/api/v1/foobar')).toBe(false);
  });

  it('opens no other method and no path that is not canonical', () => {
    expect(allowsRawPrefix(endpoints, 'HEAD', '/api/v1/foo')).toBe(false);
    expect(allowsRawPrefix(endpoints, 'constructor', '/api/v1/foo')).toBe(false);
    for (const path of ['/api/v1/foo/../bar', '/api/v1/foo%2f..', '/api/v1/foo//', '/api/v1/fo'])
      expect(allowsRawPrefix(endpoints, 'GET', path), path).toBe(false);
    expect(allowsRawPrefix({ GET: [''] }, 'GET', '/a')).toBe(false);
  });
});

describe('a payload for a verifier made with Django', () => {
  const scp = { http: { GET: ['/api/v1/foo/**', '/bar/**'], HEAD: [] } };

  it('has prefixes that end in a slash, and the age from the time of minting', () => {
    expect(djangoPayloadFromClaims({ ...claims, scp, rcp: 'r0' })).toEqual({
      user: 'ada',
      max_age: 3600,
      endpoints: { GET: ['/api/v1/foo/', '/bar/'], HEAD: [] },
      recipient: 'r0',
    });
    expect(djangoPayloadFromClaims({ ...claims, scp, sub: '7' }).user).toBe(7);
    for (const sub of ['07', '7.0', '-7', ' 7', '1e3', '9007199254740993'])
      expect(djangoPayloadFromClaims({ ...claims, scp, sub }).user).toBe(sub);
  });

  it('opens, by its reader’s startsWith, nothing that the claims do not open', () => {
    const { endpoints } = djangoPayloadFromClaims({ ...claims, scp });
    for (const path of [
      '/api/v1/foo/',
      '/api/v1/foo/1',
      '/api/v1/foobar',
      '/api/v1/foo',
      '/bar',
      '/barn',
      '/bar/x/y',
      '/',
    ])
      if (allowsRawPrefix(endpoints, 'GET', path)) expect(allowsHttp(scp, 'GET', path), path).toBe(true);
    expect(allowsRawPrefix(endpoints, 'GET', '/api/v1/foobar')).toBe(false);
  });

  it.each<[string, Partial<Claims>]>([
    ['procedures', { scp: { ...scp, rpc: { q: ['a'] } } }],
    ['an exact path', { scp: { http: { GET: ['/foo'] } } }],
    ['one segment', { scp: { http: { GET: ['/foo/*'] } } }],
    ['a wildcard before the tail', { scp: { http: { GET: ['/foo/*/**'] } } }],
    ['a client key', { scp, cnf: { jkt: 'k' } }],
    ['a request that pays', { scp, arq: { id: 'a', hash: 'b' } }],
    ['carriers', { scp, car: 'h' }],
    ['a later beginning', { scp, nbf: iat + 1 }],
    ['a session', { scp, sid: 's' }],
    ['an epoch', { scp, epo: 1 }],
    ['an actor', { scp, act: { sub: 'support' } }],
    ['what the application added', { scp, ext: { readOnly: true } }],
  ])('is refused for %s, which it could not say', (_, changes) => {
    expect(() => djangoPayloadFromClaims({ ...claims, ...changes })).toThrow(reason('invalid_input'));
  });

  it('is refused for everything', () => {
    expect(() => djangoPayloadFromClaims({ ...claims, scp: { http: { GET: ['/**'] } } })).toThrow(
      reason('scope_too_wide'),
    );
  });

  it('comes back, through a token, as claims that are not wider', () => {
    const written = writeDjangoToken(djangoPayloadFromClaims({ ...claims, scp }), {
      secret: 'a secret',
      compress: true,
      now: iat,
    });
    const reading = readDjangoToken(written, { secrets: ['a secret'], now: iat });
    if (!reading.ok) throw new Error(reading.reason);
    const back = claimsFromDjangoToken(reading.payload, { audience, issuedAt: reading.issuedAt });
    expect(back).toMatchObject({ sub: 'ada', iat, exp: claims.exp });
    expect(allowsHttp(back.scp, 'GET', '/api/v1/foo/1')).toBe(true);
    expect(allowsHttp(back.scp, 'GET', '/api/v1/foobar')).toBe(false);
  });
});
