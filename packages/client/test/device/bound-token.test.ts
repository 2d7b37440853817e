import { describe, expect, it } from 'vitest';
import { createClientKey } from '../../src/device/index.ts';
import { query } from '../../../server/test/support/http.ts';
import { sharedServer } from '../../../server/test/support/shared-server.ts';
import { openSocket, reasonOf } from '../../../server/test/support/socket.ts';
import { bearer, issue } from '../../../server/test/support/tokens.ts';

const shared = sharedServer();

async function bound() {
  const key = await createClientKey({ now: () => shared().clock.now().getTime() });
  const { token } = await issue(shared(), { preset: 'subject', clientKeyThumbprint: key.thumbprint });
  const url = `${shared().url}/trpc/event.list`;
  return { key, token, url, proof: () => key.proof({ method: 'GET', url, token }) };
}

const ask = (headers: Record<string, string>) => query(shared(), 'event.list', {}, { headers });
const withProof = (token: string, proof: string, scheme = 'DPoP') =>
  ask({ ...bearer(token, scheme), dpop: proof });

describe('a token that is bound to a key of the client', () => {
  it('opens nothing without a proof of that key, whatever the scheme', async () => {
    const { token, proof } = await bound();
    expect((await ask(bearer(token))).status).toBe(401);
    const bare = await ask(bearer(token, 'DPoP'));
    expect(bare.status).toBe(401);
    expect(bare.headers.get('www-authenticate')).toMatch(/^DPoP error="invalid_token", algs="/);
    expect((await withProof(token, await proof(), 'Bearer')).status).toBe(401);
    expect((await withProof(token, await proof())).status).toBe(200);
  });

  it('needs a new proof for each request, of two hundred at once with one proof one passes', async () => {
    const { token, proof } = await bound();
    const once = await proof();
    const answers = await Promise.all(Array.from({ length: 200 }, () => withProof(token, once)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await withProof(token, await proof())).status).toBe(200);
  });

  it('refuses a proof for another token, URL or method, by another key, and from another time', async () => {
    const { key, token, url, proof } = await bound();
    const other = await bound();
    const wrong = [
      await key.proof({ method: 'GET', url, token: other.token }),
      await key.proof({ method: 'GET', url: `${shared().url}/trpc/method.list`, token }),
      await key.proof({ method: 'POST', url, token }),
      await other.key.proof({ method: 'GET', url, token }),
      'no.proof.atall',
    ];
    const old = await proof();
    for (const one of wrong) expect((await withProof(token, one)).status).toBe(401);
    shared().clock.advance(66);
    expect((await withProof(token, old)).status).toBe(401);
    expect((await withProof(token, await proof())).status).toBe(200);
  });

  it('is not opened by proofs of strangers, and they are not remembered', async () => {
    const { token, proof } = await bound();
    const stranger = await createClientKey({ now: () => shared().clock.now().getTime() });
    const invented = `${token.slice(0, -1)}x`;
    for (let turn = 0; turn < 50; turn += 1) {
      const one = await stranger.proof({
        method: 'GET',
        url: `${shared().url}/trpc/event.list`,
        token: invented,
      });
      expect((await withProof(invented, one)).status).toBe(401);
    }
    expect((await withProof(token, await proof())).status).toBe(200);
  });

  it('comes over a WebSocket with a proof for the socket itself', async () => {
    const { key, token } = await bound();
    const url = `${shared().url}/trpc`;
    const open = async (dpop: string) =>
      await openSocket(shared().port, { params: { ...bearer(token, 'DPoP'), dpop } });
    const once = await key.proof({ method: 'GET', url, token });
    using socket = await open(once);
    expect(reasonOf(await socket.call('query', 'event.list', {}))).toBeUndefined();
    using replayed = await open(once);
    expect(reasonOf(await replayed.call('query', 'event.list', {}))).toBe('unauthenticated');
    using elsewhere = await open(await key.proof({ method: 'GET', url: `${url}/event.list`, token }));
    expect(reasonOf(await elsewhere.call('query', 'event.list', {}))).toBe('unauthenticated');
  });
});
