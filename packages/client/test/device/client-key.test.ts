import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { clientKeyFrom, createClientKey } from '../../src/device/index.ts';
import { createCountersignClient } from '../../src/index.ts';

const request = {
  method: 'POST',
  url: 'https://bank.example/trpc/a.b',
  token: 'cst1.k1.e30.secret',
} as const;
const usages = ['sign', 'verify'] as const;

afterEach(() => {
  vi.unstubAllGlobals();
});

/** The parts of a proof that are JSON. */
function read(proof: string): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [header, claims] = proof
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
  return { header: header!, claims: claims! };
}

describe('a client key', () => {
  it('has a private half that nobody can read', async () => {
    const { pair } = await createClientKey();
    expect(pair.privateKey.extractable).toBe(false);
    for (const format of ['jwk', 'pkcs8'] as const)
      await expect(crypto.subtle.exportKey(format, pair.privateKey)).rejects.toThrow('not extractable');
  });

  it('has the thumbprint that RFC 9449 gives for the key of its examples', async () => {
    const jwk = {
      kty: 'EC',
      x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs',
      y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
      crv: 'P-256',
    };
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const publicKey = await crypto.subtle.importKey('jwk', jwk, algorithm, true, ['verify']);
    const { privateKey } = (await createClientKey()).pair;
    const { thumbprint } = await clientKeyFrom({ privateKey, publicKey });
    expect(thumbprint).toBe('0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I');
  });

  it('is another one each time', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => createClientKey()));
    expect(new Set(keys.map(({ thumbprint }) => thumbprint)).size).toBe(20);
  });

  it('is the same after it was stored as IndexedDB stores it, and signs as before', async () => {
    const key = await createClientKey();
    const again = await clientKeyFrom(structuredClone(key.pair));
    expect(again.thumbprint).toBe(key.thumbprint);
    const [input, signature] = (await again.proof(request)).split(/\.(?=[^.]*$)/);
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
    const bytes = Buffer.from(signature!, 'base64url');
    expect(await crypto.subtle.verify(algorithm, key.pair.publicKey, bytes, Buffer.from(input!))).toBe(true);
  });

  it('is taken by the client as it is', async () => {
    await using client = createCountersignClient({ url: request.url, clientKey: await createClientKey() });
    expect(client).toBeDefined();
  });

  it('is made of a pair for ECDSA on P-256 that can sign, and of no other', async () => {
    const { subtle } = crypto;
    const right = (await createClientKey()).pair;
    const p384 = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, false, usages);
    const exchange = await subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveKey']);
    const ed25519 = await subtle.generateKey('Ed25519', false, usages);
    if (!('publicKey' in ed25519)) throw new Error('no pair');
    const { privateKey, publicKey } = right;
    const swapped = { privateKey: publicKey, publicKey: privateKey };
    const mixed = { privateKey, publicKey: ed25519.publicKey };
    for (const pair of [p384, exchange, ed25519, swapped, mixed])
      await expect(clientKeyFrom(pair)).rejects.toThrow(TypeError);
  });

  it('cannot be made on a page without WebCrypto, and the error says why', async () => {
    const { pair } = await createClientKey();
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
    await expect(createClientKey()).rejects.toThrow('https, or localhost');
    await expect(clientKeyFrom(pair)).rejects.toThrow('https, or localhost');
  });
});

describe('a proof', () => {
  it('says exactly what RFC 9449 asks for, and nothing of the token but its hash', async () => {
    const key = await createClientKey({ now: () => 1_790_000_000_999 });
    const proof = await key.proof(request);
    const { header, claims } = read(proof);
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', key.pair.publicKey);
    expect(header).toEqual({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } });
    const { jti, ...others } = claims;
    expect(jti).toMatch(/^[0-9a-f]{32}$/);
    expect(others).toEqual({
      htm: 'POST',
      htu: 'https://bank.example/trpc/a.b',
      iat: 1_790_000_000,
      ath: createHash('sha256').update(request.token).digest('base64url'),
    });
    expect(proof).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{86}$/);
  });

  it('is new each time, and made now', async () => {
    const key = await createClientKey();
    const before = Math.floor(Date.now() / 1000);
    const proofs = await Promise.all(Array.from({ length: 100 }, () => key.proof(request)));
    const claims = proofs.map((proof) => read(proof).claims);
    expect(new Set(claims.map(({ jti }) => jti)).size).toBe(100);
    for (const { iat } of claims) {
      expect(iat).toBeGreaterThanOrEqual(before);
      expect(iat).toBeLessThanOrEqual(Date.now() / 1000);
    }
  });

  it.each([
    [
      'without query and fragment',
      'https://bank.example/trpc/a.b?input=%7B%7D#top',
      'https://bank.example/trpc/a.b',
    ],
    ['without a user', 'https://ada:secret@bank.example/trpc', 'https://bank.example/trpc'],
    ['of a socket as http', 'ws://localhost:4020/trpc?connectionParams=1', 'http://localhost:4020/trpc'],
    ['of a secure socket as https', 'wss://bank.example/trpc', 'https://bank.example/trpc'],
    ['without a port that goes without saying', 'wss://bank.example:443/trpc', 'https://bank.example/trpc'],
    ['with the path as it is', 'https://bank.example/trpc/a.b,c.d', 'https://bank.example/trpc/a.b,c.d'],
  ])('names the URL %s', async (_, url, htu) => {
    const key = await createClientKey();
    expect(read(await key.proof({ ...request, url })).claims['htu']).toBe(htu);
  });

  it('names the whole URL of one that is relative to the page', async () => {
    const key = await createClientKey();
    vi.stubGlobal('location', new URL('https://bank.example/pay/now?a=1'));
    expect(read(await key.proof({ ...request, url: '/trpc/a.b?batch=1' })).claims['htu']).toBe(request.url);
  });

  it.each(['', '/trpc', 'file:///trpc', 'data:text/plain,a'])('is none for %j', async (url) => {
    const key = await createClientKey();
    await expect(key.proof({ ...request, url })).rejects.toThrow(TypeError);
  });
});
