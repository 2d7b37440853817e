import { describe, expect, it } from 'vitest';
import {
  attenuateScopedToken,
  mintScopedToken,
  verifyScopedToken,
  type Block,
  type Claims,
} from '../../src/scoped-token/index.ts';
import { audience, claims, handMade, iat, key, keys, kid, now, refused, verify } from './hand-made.ts';

const mint = (changes: object, options: object = {}) =>
  mintScopedToken({ key, kid, claims: { ...claims, ...changes }, ...options });
const reason = (name: string): unknown => expect.objectContaining({ reason: name });
const grants = (count: number) => Array.from({ length: count }, (_, index) => `a.b${index}`);

const forbidden: [string, object][] = [
  ['another claim', { admin: true }],
  ['another claim, even null', { alg: null }],
  ['a jti of 15 bytes', { jti: 'AQIDBAUGBwgJCgsMDQ4P' }],
  ['a jti with stray bits', { jti: 'AQIDBAUGBwgJCgsMDQ4PEB' }],
  ['a jti that is a number', { jti: 7 }],
  ['an empty subject', { sub: '' }],
  ['a subject that is a number', { sub: 1 }],
  ['a subject of 201 characters', { sub: 'a'.repeat(201) }],
  ['a subject with U+0000', { sub: 'a\0b' }],
  ['half a character in the subject', { sub: 'a\ud800' }],
  ['a subject that is a list', { sub: ['ada'] }],
  ['an empty audience', { aud: '' }],
  ['a list of audiences', { aud: [audience] }],
  ['a fraction', { iat: iat + 0.5 }],
  ['true for 1', { epo: true }],
  ['a time as text', { exp: String(iat + 60) }],
  ['a time beyond what a number holds exactly', { exp: 2 ** 53 }],
  ['a negative time', { nbf: -1 }],
  ['null', { nbf: null }],
  ['an end at the beginning', { exp: iat }],
  ['an end before the beginning', { exp: iat - 1 }],
  ['no scope', { scp: undefined }],
  ['a scope that is null', { scp: null }],
  ['a scope that is a list', { scp: [] }],
  ['a scope that is a text', { scp: '**' }],
  ['another surface', { scp: { grpc: {} } }],
  ['another type of procedures', { scp: { rpc: { x: ['a'] } } }],
  ['procedures without type', { scp: { rpc: ['a'] } }],
  ['a method in lower case', { scp: { http: { get: ['/a'] } } }],
  ['another method', { scp: { http: { TRACE: ['/a'] } } }],
  ['a grant that is no list', { scp: { rpc: { q: 'invoice.*' } } }],
  ['a grant that is no text', { scp: { rpc: { q: [1] } } }],
  ['65 grants', { scp: { rpc: { q: grants(32) }, http: { GET: grants(33).map((path) => `/${path}`) } } }],
  ['a grant of 257 characters', { scp: { http: { GET: [`/${'a'.repeat(256)}`] } } }],
  ['an empty recipient', { rcp: '' }],
  ['a recipient of 121 characters', { rcp: 'a'.repeat(121) }],
  ['a recipient with a line break', { rcp: 'a\nb' }],
  ['a recipient beyond ASCII', { rcp: 'é' }],
  ['an actor with another key', { act: { sub: 'alan', act: { sub: 'x' } } }],
  ['an actor that is a text', { act: 'alan' }],
  ['an empty session', { sid: '' }],
  ['a key binding with another key', { cnf: { jkt: 'a', jwk: {} } }],
  ['a key binding of nothing', { cnf: {} }],
  ['a request without its hash', { arq: { id: 'areq_1' } }],
  ['a request whose id is a number', { arq: { id: 1, hash: 'a' } }],
  ['no carrier', { car: '' }],
  ['another carrier', { car: 'hx' }],
  ['a carrier twice', { car: 'hh' }],
  ['application data that is a list', { ext: [] }],
  ['application data that is a text', { ext: 'a' }],
  ['a key that reaches a prototype, in application data', { ext: { a: [{ constructor: 1 }] } }],
  ['a delegate outside of a block', { cid: 'c1' }],
];

describe('claims are strict', () => {
  it.each(forbidden)('minting refuses %s', (_, changes) => {
    expect(() => mint(changes)).toThrow(reason('invalid_input'));
  });

  it.each(forbidden)('verifying refuses %s, signed by the right key', (_, changes) => {
    expect(verify(handMade({ authority: JSON.stringify({ ...claims, ...changes }) }))).toEqual(
      refused('bad_claims'),
    );
  });

  it.each(['jti', 'sub', 'aud', 'iat', 'exp', 'scp'])('neither takes claims without %s', (name) => {
    const { [name as keyof Claims]: _, ...rest } = claims;
    expect(() => mintScopedToken({ key, kid, claims: rest as Claims })).toThrow(reason('invalid_input'));
    expect(verify(handMade({ authority: JSON.stringify(rest) }))).toEqual(refused('bad_claims'));
  });

  it.each([
    ['__proto__', '{"__proto__":{"sub":"root"},'],
    ['__proto__ in application data', '{"ext":{"__proto__":{"a":1}},'],
    ['constructor', '{"constructor":{},'],
    ['hasOwnProperty', '{"hasOwnProperty":1,'],
  ])('verifying refuses the key %s, and no prototype is changed', (_, start) => {
    expect(verify(handMade({ authority: start + JSON.stringify(claims).slice(1) }))).toEqual(
      refused('bad_claims'),
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(12);
  });

  it.each(['null', '[]', '"a"', '1', 'true', '', '{', '{"a":NaN}', 'undefined'])(
    'verifying refuses %s for claims',
    (authority) => {
      expect(
        verify(handMade({ encodedAuthority: Buffer.from(authority).toString('base64url') || 'AAAA' })).ok,
      ).toBe(false);
    },
  );

  it('takes every claim there is, and gives them back as they were', () => {
    const all: Claims = {
      ...claims,
      sub: 'Ада 👩‍💻',
      nbf: iat - 10,
      rcp: 'acme billing bot (eu) ~',
      act: { sub: 'support' },
      sid: 's_9f2',
      epo: 0,
      cnf: { jkt: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' },
      arq: { id: 'areq_1', hash: 'Yp1uWLq5Rz8b1H2X' },
      car: 'hwq',
      ext: { 'a:"b\\': [1.5, null, { é: 'ü' }], '1': true },
    };
    const token = mintScopedToken({ key, kid, claims: all });
    expect(token).toMatch(/^[\x21-\x7e]+$/);
    expect(verify(token)).toEqual({ ok: true, claims: all, blocks: [], scope: all.scp });
  });

  class Disguised {
    constructor(said: object) {
      Object.assign(this, said);
    }
    toJSON() {
      return { ...claims, rpc: { q: ['**'] } };
    }
  }
  it.each<[string, unknown]>([
    ['a class', new Disguised(claims)],
    ['a scope of a class', { ...claims, scp: new Disguised({ rpc: {} }) }],
    ['a sparse list of grants', { ...claims, scp: { rpc: { q: Object.assign(['a'], { length: 3 }) } } }],
    ['what writes itself', { ...claims, toJSON: () => ({}) }],
    ['a list', [claims]],
    ['nothing', null],
    ['undefined', undefined],
  ])('minting takes nothing that would be written otherwise than it was judged: %s', (_, given) => {
    expect(() => mintScopedToken({ key, kid, claims: given as Claims })).toThrow(reason('invalid_input'));
  });

  it('leaves out what is undefined', () => {
    expect(verify(mint({ nbf: undefined, ext: undefined }))).toMatchObject({ ok: true, claims });
  });

  it('opens nothing by an empty scope', () => {
    expect(verify(mint({ scp: {} }))).toMatchObject({ ok: true, scope: {} });
    expect(verify(mint({ scp: { rpc: {}, http: { GET: [] } } })).ok).toBe(true);
  });

  it('names the claim that is wrong', () => {
    const issues = (path: string[]): unknown =>
      expect.objectContaining({ details: { issues: [expect.objectContaining({ path })] } });
    expect(() => mint({ car: 'x' })).toThrow(issues(['claims', 'car']));
    expect(() => mint({ roles: [] })).toThrow(issues(['claims', 'roles']));
  });
});

describe('the lifetime', () => {
  it('is at most 24 hours, at minting and at verifying', () => {
    const day = { exp: iat + 86_400 };
    const longer = { exp: iat + 86_401 };
    expect(verify(mint(day)).ok).toBe(true);
    expect(() => mint(longer)).toThrow(reason('lifetime_too_long'));
    expect(verify(handMade({ authority: JSON.stringify({ ...claims, ...longer }) }))).toEqual(
      refused('lifetime_too_long'),
    );
  });

  it('ends at exp, to the second, and begins at nbf and iat less 60 seconds', () => {
    const token = mint({ nbf: iat + 100 });
    const at = (seconds: number) => verify(token, { now: seconds });
    expect(at(iat + 39)).toEqual(refused('not_yet_valid'));
    expect(at(iat + 40).ok).toBe(true);
    expect(at(claims.exp - 1).ok).toBe(true);
    expect(at(claims.exp)).toEqual(refused('expired'));
    expect(verify(mint({ nbf: 0 }), { now: iat - 60 }).ok).toBe(true);
    expect(verify(mint({ nbf: 0 }), { now: iat - 61 })).toEqual(refused('not_yet_valid'));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, undefined])('is over at a time that is %s', (time) => {
    expect(verifyScopedToken(mint({}), { keys, audience, now: time as number })).toEqual(refused('expired'));
  });
});

describe('a grant of everything', () => {
  it.each([
    ['rpc', '**'],
    ['rpc', '*.**'],
    ['rpc', '*'],
    ['rpc', '*.*'],
    ['rpc', '*.*.*'],
    ['http', '/**'],
    ['http', '/*/**'],
    ['http', '/*'],
    ['http', '/*/'],
    ['http', '/*/*'],
  ])('over %s, %s, needs allowRoot', (surface, grant) => {
    const scp = surface === 'rpc' ? { rpc: { m: [grant] } } : { http: { GET: [grant] } };
    expect(() => mint({ scp })).toThrow(reason('scope_too_wide'));
    expect(verify(mint({ scp }, { allowRoot: true })).ok).toBe(true);
  });

  it('is not one that names a segment', () => {
    for (const scp of [
      { rpc: { q: ['*.list', 'a.**', 'a.*'] } },
      { http: { GET: ['/', '/a/*', '/a/**', '/*/a/**'] } },
    ])
      expect(verify(mint({ scp })).ok, JSON.stringify(scp)).toBe(true);
  });
});

describe('blocks are strict', () => {
  const blocks: [string, object][] = [
    ['a subject', { sub: 'alan' }],
    ['an audience', { aud: audience }],
    ['an id', { jti: claims.jti }],
    ['an issue time', { iat }],
    ['a session', { sid: 's' }],
    ['an epoch', { epo: 0 }],
    ['an actor', { act: { sub: 'alan' } }],
    ['application data', { ext: {} }],
    ['null', { exp: null }],
    ['a fraction', { exp: 1.5 }],
    ['a grant that is none', { scp: { rpc: { q: ['inv*'] } } }],
    ['no carrier', { car: '' }],
    ['an empty name', { cid: '' }],
    ['a name with a space', { cid: 'a b' }],
    ['a name of 65 characters', { cid: 'a'.repeat(65) }],
  ];

  it.each(blocks)('narrowing refuses %s', (_, block) => {
    expect(() => attenuateScopedToken(mint({}), block as Block)).toThrow(reason('invalid_input'));
  });

  it.each(blocks)('verifying refuses %s', (_, block) => {
    expect(verify(handMade({ blocks: [JSON.stringify(block)] }))).toEqual(refused('bad_claims'));
  });

  it('takes eight blocks of 1,024 characters, within 4,096 in all, and not more', () => {
    const token = mint({});
    const eight = Array.from({ length: 8 }).reduce<string>((text) => attenuateScopedToken(text, {}), token);
    expect(verify(eight)).toMatchObject({ ok: true, blocks: Array.from({ length: 8 }, () => ({})) });
    expect(() => attenuateScopedToken(eight, {})).toThrow(reason('invalid_input'));

    const wide = (characters: number): Block => ({
      scp: {
        rpc: {
          q: ['a', 'b', 'c'].map((letter) => letter.padEnd(60, letter)),
          m: Array.from({ length: characters }, (_, index) => `p${index}.${'x'.repeat(40)}`),
        },
      },
    });
    expect(() => attenuateScopedToken(token, wide(60))).toThrow(reason('invalid_input'));
    const long = [wide(9), wide(9), wide(9), wide(9)].reduce(attenuateScopedToken, token);
    expect(verify(long).ok).toBe(true);
    expect(() => [wide(9), wide(9)].reduce(attenuateScopedToken, long)).toThrow(reason('invalid_input'));
  });

  it('narrows no text that is no token', () => {
    const token = mint({});
    for (const text of [
      '',
      'cst1.',
      `${token}A`,
      `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`,
      undefined as unknown as string,
    ])
      expect(() => attenuateScopedToken(text, {})).toThrow(reason('invalid_input'));
  });
});

it('throws for what is no key and no key id', () => {
  expect(() => mintScopedToken({ key: Buffer.alloc(32) as never, kid, claims })).toThrow(TypeError);
  for (const id of ['', 'A', 'a|b', 'a'.repeat(17)])
    expect(() => mintScopedToken({ key, kid: id, claims })).toThrow(TypeError);
});

it('refuses an authority of more than 3,072 characters', () => {
  expect(() => mint({ ext: { a: 'x'.repeat(2200) } })).toThrow(reason('invalid_input'));
  expect(verify(mint({ ext: { a: 'x'.repeat(1500) } }), { now }).ok).toBe(true);
});
