import { calculateJwkThumbprint } from 'jose';
import { createHmac, createPublicKey, hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dpopRefusals, type DpopRefusal } from '../../src/dpop/refusal.ts';
import type { PresentedProof } from '../../src/dpop/verifier.ts';
import { at, createHandKey, createJudge, handMade, key, request, rightClaims } from './hand-made.ts';

const other = createHandKey();
const ed25519 = createHandKey('Ed25519');
const right = handMade();
const thumbprint = await calculateJwkThumbprint(key.jwk);
const [header = '', claims = '', signature = ''] = right.split('.');
const { x, y } = key.jwk as { x: string; y: string };

function encode(text: string | Uint8Array): string {
  return Buffer.from(text).toString('base64url');
}

/** A character that says the same to a parser which ignores what is left over. */
function respelled(part: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return part.slice(0, -1) + alphabet[alphabet.indexOf(part.slice(-1)) + 1];
}

function hmacKeyedBy(secret: string | Uint8Array) {
  return (input: string) => createHmac('sha256', secret).update(input).digest();
}

const publicKey = createPublicKey(key.privateKey);
const headerOf = (jwk: unknown) => JSON.stringify({ typ: 'dpop+jwt', alg: 'ES256', jwk });
const claimsOf = (changed: object) => JSON.stringify({ ...rightClaims(), ...changed });

type Row = readonly [what: string, proof: string | null, presented?: Partial<PresentedProof>];

function named(rows: readonly Row[]) {
  return rows.map(([what, proof, presented = {}]) => ({ what, proof, presented }));
}

const violations: { readonly [Reason in DpopRefusal]: readonly Row[] } = {
  missing: [
    ['none at all', null],
    ['an empty header', ''],
  ],
  malformed: [
    ['two proofs in one header', `${right}, ${handMade()}`],
    ['two proofs, one after the other', `${right} ${handMade()}`],
    ['more than 4 KiB', handMade({ claims: { filling: 'x'.repeat(4000) } })],
    ['a part too few', `${header}.${claims}`],
    ['a part too many', `${right}.${signature}`],
    ['an empty header', `.${claims}.${signature}`],
    ['empty claims', `${header}..${signature}`],
    ['an empty signature', `${header}.${claims}.`],
    ['the general JSON serialization', JSON.stringify({ payload: claims, signatures: [] })],
    ['a space before it', ` ${right}`],
    ['a line break after it', `${right}\n`],
    ['padding', `${right}==`],
    ['base64 with the other alphabet', handMade({ claimsText: `{"a":"??>>~~"}` }).replace(/[-_]/g, '+')],
    ['a signature with another spelling', `${header}.${claims}.${respelled(signature)}`],
    ['characters above ASCII', `${header}.${claims}.${signature.slice(0, -1)}Ł`],
    ['a header that is no JSON', handMade({ headerText: '{typ:"dpop+jwt"}' })],
    ['a header that is a list', handMade({ headerText: '[]' })],
    ['a header that is null', handMade({ headerText: 'null' })],
    ['claims that are no JSON', handMade({ claimsText: 'iat' })],
    ['claims that are no UTF-8', handMade({ claimsText: Uint8Array.of(0x22, 0xff, 0x22) })],
    ['a byte order mark', handMade({ claimsText: `\uFEFF${claimsOf({})}` })],
    [
      'a header member named twice',
      handMade({ headerText: headerOf(key.jwk).replace('{', '{"typ":"JWT",') }),
    ],
    [
      'a header member named twice, once in escapes',
      handMade({ headerText: headerOf(key.jwk).replace('{', '{"\\u0061lg":"none",') }),
    ],
    ['a key member named twice', handMade({ headerText: headerOf(key.jwk).replace('"x":', '"x":"","x":') })],
    ['a claim named twice', handMade({ claimsText: claimsOf({}).replace('{', `{"iat":${at - 9000},`) })],
    [
      'a claim named twice, where a text has a colon',
      handMade({ claimsText: claimsOf({}).replace('{', '{"a":"b",":":1,"ath":"","\\"":"x\\":",') }),
    ],
    [
      'a claim named twice, between escaped quotes',
      handMade({
        claimsText: claimsOf({ ath: undefined }).replace(
          '{',
          `{"x":"\\"","ath":"","ath":"${String(rightClaims()['ath'])}","y":"\\"",`,
        ),
      }),
    ],
    ['a critical extension', handMade({ header: { crit: ['exp'], exp: at + 9 } })],
    ['an unencoded payload', handMade({ header: { crit: ['b64'], b64: false } })],
    ['the address of a key', handMade({ header: { jku: 'https://evil.example/keys' } })],
    ['a certificate', handMade({ header: { x5c: ['MIIB'] } })],
    ['a key id', handMade({ header: { kid: '../../dev/null' } })],
    ['a constructor', handMade({ headerText: headerOf(key.jwk).replace('{', '{"constructor":{},') })],
    ['a prototype', handMade({ headerText: headerOf(key.jwk).replace('{', '{"__proto__":{},') })],
  ],
  wrong_type: [
    ['no type', handMade({ header: { typ: undefined } })],
    ['an ordinary JWT', handMade({ header: { typ: 'JWT' } })],
    ['an access token', handMade({ header: { typ: 'at+jwt' } })],
    ['the type in other case', handMade({ header: { typ: 'DPoP+JWT' } })],
    ['the type as a media type', handMade({ header: { typ: 'application/dpop+jwt' } })],
    ['the type in a list', handMade({ header: { typ: ['dpop+jwt'] } })],
    ['no header members', handMade({ headerText: '{}' })],
    ['its members in a prototype', handMade({ headerText: `{"__proto__":${headerOf(key.jwk)}}` })],
  ],
  wrong_algorithm: [
    ['no algorithm', handMade({ header: { alg: undefined } })],
    ['none', handMade({ header: { alg: 'none' }, signature: () => Uint8Array.of(0) })],
    ['none in other case', handMade({ header: { alg: 'NoNe' } })],
    [
      'an HMAC keyed by the public key as it is written',
      handMade({ header: { alg: 'HS256' }, signature: hmacKeyedBy(JSON.stringify(key.jwk)) }),
    ],
    [
      'an HMAC keyed by the public key as PEM',
      handMade({
        header: { alg: 'HS256' },
        signature: hmacKeyedBy(publicKey.export({ format: 'pem', type: 'spki' })),
      }),
    ],
    [
      'an HMAC keyed by a secret in the header',
      handMade({
        header: { alg: 'HS256', jwk: { kty: 'oct', k: encode('secret') } },
        signature: hmacKeyedBy('secret'),
      }),
    ],
    ['RSA', handMade({ header: { alg: 'RS256' } })],
    ['another curve', handMade({ header: { alg: 'ES384' } })],
    ['an encryption', handMade({ header: { alg: 'dir' } })],
    ['a name that every object has', handMade({ header: { alg: 'toString' } })],
    ['a list', handMade({ header: { alg: ['ES256'] } })],
  ],
  wrong_key: [
    ['no key', handMade({ header: { jwk: undefined } })],
    ['null', handMade({ header: { jwk: null } })],
    ['a key as text', handMade({ header: { jwk: JSON.stringify(key.jwk) } })],
    ['keys in a list', handMade({ header: { jwk: [key.jwk] } })],
    ['the private key', handMade({ header: { jwk: { ...key.privateKey.export({ format: 'jwk' }) } } })],
    ['an empty private part', handMade({ header: { jwk: { ...key.jwk, d: '' } } })],
    ['a private part that is null', handMade({ header: { jwk: { ...key.jwk, d: null } } })],
    [
      'a private Ed25519 key',
      handMade({
        key: ed25519,
        header: { jwk: { ...ed25519.privateKey.export({ format: 'jwk' }) } },
      }),
    ],
    ['a symmetric key', handMade({ header: { jwk: { kty: 'oct', k: encode('secret') } } })],
    ['a key on P-384', handMade({ key: createHandKey('P-384') })],
    ['a key on secp256k1', handMade({ key: createHandKey('secp256k1') })],
    ['a key that says another curve', handMade({ header: { jwk: { ...key.jwk, crv: 'P-384' } } })],
    ['half a point', handMade({ header: { jwk: { kty: 'EC', crv: 'P-256', x } } })],
    ['a point that is not on the curve', handMade({ header: { jwk: { ...key.jwk, x: y, y: x } } })],
    [
      'the point at infinity',
      handMade({ header: { jwk: { ...key.jwk, x: 'A'.repeat(43), y: 'A'.repeat(43) } } }),
    ],
    [
      'a coordinate of another length',
      handMade({ header: { jwk: { ...key.jwk, x: encode(new Uint8Array(33)) } } }),
    ],
    ['a coordinate with another spelling', handMade({ header: { jwk: { ...key.jwk, x: respelled(x) } } })],
    ['a coordinate with padding', handMade({ header: { jwk: { ...key.jwk, x: `${x}=` } } })],
    ['a number as a coordinate', handMade({ header: { jwk: { ...key.jwk, x: 7 } } })],
    [
      'a private part in a prototype',
      handMade({ headerText: headerOf(key.jwk).replace('"kty"', '"__proto__":{"d":"x"},"kty"') }),
    ],
    ['a use', handMade({ header: { jwk: { ...key.jwk, use: 'sig' } } })],
    ['operations', handMade({ header: { jwk: { ...key.jwk, key_ops: ['verify'] } } })],
    ['an algorithm in the key', handMade({ header: { jwk: { ...key.jwk, alg: 'HS256' } } })],
    ['Ed25519 under ES256', handMade({ header: { jwk: ed25519.jwk } })],
    ['P-256 under EdDSA', handMade({ key: ed25519, header: { jwk: key.jwk } })],
    ['P-256 under Ed25519', handMade({ header: { alg: 'Ed25519' } })],
    ['a key exchange curve', handMade({ key: ed25519, header: { jwk: { ...ed25519.jwk, crv: 'X25519' } } })],
  ],
  wrong_client_key: [
    ['somebody else’s good proof', handMade({ key: other }), { clientKeys: ['A'.repeat(43)] }],
    ['one key where the token is bound to two', handMade(), { clientKeys: [thumbprint, 'A'.repeat(43)] }],
  ],
  bad_signature: [
    ['signed by another key', handMade({ key: { ...other, jwk: key.jwk } })],
    ['zeros', handMade({ signature: () => new Uint8Array(64) })],
    ['a signature of one byte', handMade({ signature: () => Uint8Array.of(1) })],
    ['a signature with a byte more', handMade({ signature: () => new Uint8Array(65).fill(1) })],
    ['a signature in DER', handMade({ signature: () => Buffer.from(`3006020101020101`, 'hex') })],
    ['the signature of another proof', `${header}.${claims}.${handMade().split('.')[2]}`],
    ['claims exchanged', `${header}.${encode(claimsOf({ htm: 'DELETE' }))}.${signature}`],
    ['a key exchanged', `${encode(headerOf(other.jwk))}.${claims}.${signature}`],
    ['an Ed25519 signature of zeros', handMade({ key: ed25519, signature: () => new Uint8Array(64) })],
  ],
  bad_claims: [
    ['claims that are a list', handMade({ claimsText: '[]' })],
    ['claims that are null', handMade({ claimsText: 'null' })],
    ['no claims', handMade({ claimsText: '{}' })],
    ...['jti', 'htm', 'htu', 'iat', 'ath'].flatMap((name): Row[] => [
      [`no ${name}`, handMade({ claims: { [name]: undefined } })],
      [`${name} null`, handMade({ claims: { [name]: null } })],
      [`${name} in a list`, handMade({ claims: { [name]: [rightClaims()[name]] } })],
      [`${name} of an object`, handMade({ claims: { [name]: { toString: 'x' } } })],
      [`${name} true`, handMade({ claims: { [name]: true } })],
    ]),
    ['a jti that is a number', handMade({ claims: { jti: 1 } })],
    ['an empty jti', handMade({ claims: { jti: '' } })],
    ['a long jti', handMade({ claims: { jti: 'x'.repeat(129) } })],
    ['a jti with a line break', handMade({ claims: { jti: 'a\nb' } })],
    ['a jti with a null byte', handMade({ claims: { jti: 'a\0' } })],
    ['a jti beyond ASCII', handMade({ claims: { jti: 'jti-é' } })],
    ['a time as text', handMade({ claims: { iat: String(at) } })],
    ['a fraction of a second', handMade({ claims: { iat: at + 0.5 } })],
    ['a negative time', handMade({ claims: { iat: -at } })],
    ['a time beyond numbers', handMade({ claimsText: claimsOf({}).replace(`${at}`, '1e999') })],
    ['an end as text', handMade({ claims: { exp: 'tomorrow' } })],
    ['a beginning as text', handMade({ claims: { nbf: 'yesterday' } })],
  ],
  wrong_method: [
    ['another method', handMade({ claims: { htm: 'GET' } })],
    ['the method in lower case', handMade({ claims: { htm: 'post' } })],
    ['the method and a space', handMade({ claims: { htm: 'POST ' } })],
    ['an empty method', handMade({ claims: { htm: '' } })],
    ['a right proof at another method', handMade(), { method: 'GET' }],
  ],
  wrong_url: [
    ['another path', handMade({ claims: { htu: 'https://bank.example/trpc/authorizationRequest.deny' } })],
    ['the path and more', handMade({ claims: { htu: `${request.url}/` } })],
    ['less than the path', handMade({ claims: { htu: 'https://bank.example/trpc' } })],
    ['another case of the path', handMade({ claims: { htu: request.url.replace('trpc', 'TRPC') } })],
    ['another host', handMade({ claims: { htu: request.url.replace('bank', 'evil') } })],
    [
      'a host that begins alike',
      handMade({ claims: { htu: request.url.replace('/trpc', '.evil.example/trpc') } }),
    ],
    ['the host as a user', handMade({ claims: { htu: request.url.replace('bank', 'bank.example@evil') } })],
    ['a user before the host', handMade({ claims: { htu: request.url.replace('bank', 'ada@bank') } })],
    ['another port', handMade({ claims: { htu: request.url.replace('.example', '.example:8443') } })],
    ['another scheme', handMade({ claims: { htu: request.url.replace('https', 'http') } })],
    ['the scheme of a socket', handMade({ claims: { htu: request.url.replace('https', 'wss') } })],
    ['only the path', handMade({ claims: { htu: '/trpc/authorizationRequest.grant' } })],
    ['no URL', handMade({ claims: { htu: '' } })],
    ['a file', handMade({ claims: { htu: 'file:///trpc/authorizationRequest.grant' } })],
    ['backslashes', handMade({ claims: { htu: request.url.replaceAll('/', '\\') } })],
    [
      'a tab, which a parser would drop',
      handMade({ claims: { htu: request.url.replace('trpc', 'tr\tpc') } }),
    ],
    ['a space after it', handMade({ claims: { htu: `${request.url} ` } })],
    ['a right proof at another URL', handMade(), { url: 'https://bank.example/trpc/factor.remove' }],
    ['a right proof where the URL is none', handMade(), { url: '/trpc' }],
    ['no URL where the URL is none', handMade({ claims: { htu: '/trpc' } }), { url: '/trpc' }],
  ],
  not_current: [
    ['61 seconds old', handMade({ claims: { iat: at - 61 } })],
    ['6 seconds ahead', handMade({ claims: { iat: at + 6 } })],
    ['milliseconds for seconds', handMade({ claims: { iat: at * 1000 } })],
    ['the year 1970', handMade({ claims: { iat: 0 } })],
    ['ended by its own account', handMade({ claims: { exp: at } })],
    ['not begun by its own account', handMade({ claims: { nbf: at + 1 } })],
  ],
  wrong_token: [
    ['another token', handMade({ claims: { ath: hash('sha256', 'cst1.other', 'base64url') } })],
    ['the token itself', handMade({ claims: { ath: request.token } })],
    ['the hash in hex', handMade({ claims: { ath: hash('sha256', request.token, 'hex') } })],
    [
      'the hash with padding',
      handMade({ claims: { ath: `${hash('sha256', request.token, 'base64url')}=` } }),
    ],
    ['no hash', handMade({ claims: { ath: '' } })],
    ['a right proof with another token', handMade(), { token: `${request.token}~e30` }],
  ],
  // These need more than one proof: memory.test.ts and replay.test.ts.
  replayed: [],
  too_many: [],
};

describe.each(dpopRefusals.filter((reason) => violations[reason].length > 0))('refuses as %s', (reason) => {
  it.each(named(violations[reason]))('$what', async ({ proof, presented }) => {
    const { judge, verifier } = createJudge();
    expect(await judge(proof, presented)).toBe(reason);
    expect(verifier.remembered).toBe(0);
  });
});

describe('accepts', () => {
  const rows: readonly Row[] = [
    ['a right proof', handMade()],
    ['a right proof by Ed25519', handMade({ key: ed25519 })],
    [
      'spaces and escapes in its JSON',
      handMade({ claimsText: claimsOf({}).replaceAll('/', '\\/').replace(':', ' : ') }),
    ],
    ['60 seconds of age', handMade({ claims: { iat: at - 60 } })],
    ['a clock that is 5 seconds ahead', handMade({ claims: { iat: at + 5 } })],
    ['a jti of one character', handMade({ claims: { jti: '!' } })],
    ['a jti of 128 characters', handMade({ claims: { jti: '~'.repeat(128) } })],
    [
      'other claims, whatever is in them',
      handMade({ claims: { nonce: 'n', iss: 'app', a: [{ b: {}, c: { b: 1 } }] } }),
    ],
    [
      'texts that look like names',
      handMade({
        claimsText: claimsOf({}).replace('{', '{"a":"b",":":",","\\"":"x\\":","ath ":"\\"ath\\":",'),
      }),
    ],
    ['times of its own that hold', handMade({ claims: { exp: at + 1, nbf: at } })],
    ['a query in the request', handMade(), { url: `${request.url}?batch=1&input=%7B%7D` }],
    ['a query and a fragment in the proof', handMade({ claims: { htu: `${request.url}?batch=1#top` } })],
    [
      'the URL in another spelling',
      handMade({ claims: { htu: 'HTTPS://Bank.Example:443/./trpc/authorization%52equest.grant' } }),
    ],
  ];

  it.each(named(rows))('$what', async ({ proof, presented }) => {
    expect(await createJudge().judge(proof, presented)).toBe('ok');
  });
});
