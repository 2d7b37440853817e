import { createServer } from 'node:http';
import { createTestClock } from '@countersign/core/testing';
import { describe, expect, it } from 'vitest';
import { createDpopVerifier } from '../../../server/src/dpop/verifier.ts';
import { clientKeyFrom, createClientKey } from '../../src/device/index.ts';

const at = 1_790_000_000_000;
const request = {
  method: 'POST',
  url: 'https://bank.example/trpc/a.b?batch=1',
  token: 'cst1.k1.e30.t',
  holder: 'ada',
} as const;

describe('the server', () => {
  it('accepts a proof of a client key once, and knows by it whose key it is', async () => {
    const verifier = createDpopVerifier({ clock: createTestClock(new Date(at)) });
    const key = await createClientKey({ now: () => at });
    const { thumbprint } = key;
    const proof = await key.proof(request);
    const presented = { ...request, proof, clientKeys: [thumbprint] };
    expect(await verifier.verify(presented)).toEqual({ ok: true, thumbprint });
    expect(await verifier.verify(presented)).toEqual({ ok: false, reason: 'replayed' });
  });

  it('accepts it from a key that was stored, under the same name', async () => {
    const verifier = createDpopVerifier({ clock: createTestClock(new Date(at)) });
    const first = await createClientKey();
    const key = await clientKeyFrom(structuredClone(first.pair), { now: () => at });
    const proof = await key.proof(request);
    expect(await verifier.verify({ ...request, proof })).toEqual({ ok: true, thumbprint: first.thumbprint });
  });

  it('accepts one for a WebSocket by the address that http would have', async () => {
    const verifier = createDpopVerifier({ clock: createTestClock(new Date(at)) });
    const key = await createClientKey({ now: () => at });
    const { token } = request;
    const url = 'wss://bank.example:443/trpc?connectionParams=1';
    const proof = await key.proof({ method: 'GET', url, token });
    const presented = { proof, method: 'GET', url: 'https://bank.example/trpc', token, holder: 'ada' };
    expect(await verifier.verify({ ...presented, url })).toEqual({ ok: false, reason: 'wrong_url' });
    expect(await verifier.verify(presented)).toMatchObject({ ok: true });
  });

  it.each([
    ['wrong_method', { method: 'GET' }],
    ['wrong_url', { url: 'https://bank.example/trpc/c.d' }],
    ['wrong_url', { url: 'https://evil.example/trpc/a.b' }],
    ['wrong_token', { token: 'cst1.k1.e30.u' }],
    ['wrong_client_key', { clientKeys: ['0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'] }],
  ])('refuses as %s what was made for something else', async (reason, other) => {
    const verifier = createDpopVerifier({ clock: createTestClock(new Date(at)) });
    const key = await createClientKey({ now: () => at });
    const proof = await key.proof(request);
    expect(await verifier.verify({ ...request, proof, ...other })).toEqual({ ok: false, reason });
  });

  it('refuses a proof of a device whose clock is wrong, and accepts it by the time it was told', async () => {
    const verifier = createDpopVerifier({ clock: createTestClock(new Date(at)) });
    for (const error of [-120_000, 60_000]) {
      const wrong = await createClientKey({ now: () => at + error });
      const told = await clientKeyFrom(wrong.pair, { now: () => at + error - error });
      const [early, right] = [await wrong.proof(request), await told.proof(request)];
      expect(await verifier.verify({ ...request, proof: early })).toEqual({
        ok: false,
        reason: 'not_current',
      });
      expect(await verifier.verify({ ...request, proof: right })).toMatchObject({ ok: true });
    }
  });
});

it('over a real connection each request needs a proof of its own, and two are as good as none', async () => {
  const verifier = createDpopVerifier({ clock: { now: () => new Date() } });
  const token = 'cst1.k1.e30.t';
  const server = createServer((incoming, answer) => {
    const { dpop } = incoming.headers;
    const url = `http://${incoming.headers.host}${incoming.url}`;
    const presented = { proof: String(dpop), method: String(incoming.method), url, token, holder: 'ada' };
    void verifier
      .verify(presented)
      .then((verdict) => answer.end(verdict.ok ? verdict.thumbprint : verdict.reason));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as { port: number };
    const key = await createClientKey();
    const url = `http://127.0.0.1:${port}/trpc/a.b,c%2Ed?batch=1&input=%7B%7D`;
    const send = async (method: string, proofs: readonly string[]): Promise<string> => {
      const headers = new Headers();
      for (const proof of proofs) headers.append('dpop', proof);
      return await (await fetch(url, { method, headers })).text();
    };
    const proofFor = (method: string) => key.proof({ method, url, token });
    for (const method of ['GET', 'POST', 'POST'])
      expect(await send(method, [await proofFor(method)])).toBe(key.thumbprint);
    expect(await send('POST', [await proofFor('POST'), await proofFor('POST')])).toBe('malformed');
    expect(await send('POST', [await proofFor('GET')])).toBe('wrong_method');
    const used = await proofFor('POST');
    expect(await send('POST', [used])).toBe(key.thumbprint);
    expect(await send('POST', [used])).toBe('replayed');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
