import { attenuateScopedToken } from '@countersign/core/scoped-token';
import { calculateJwkThumbprint } from 'jose';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { connect, Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { dpopLimits } from '../../src/dpop/limits.ts';
import { createPublicUrl } from '../../src/dpop/public-url.ts';
import { presentationOf } from '../../src/websocket/credentials.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../testing/index.ts';
import { createHandKey, handMade, key, type HandKey } from '../dpop/hand-made.ts';
import { query } from '../support/http.ts';
import { openSocket, reasonOf } from '../support/socket.ts';
import { bearer, issue } from '../support/tokens.ts';

/** A server, and a client with a key and a token that is bound to it. */
async function open(options: TestServerOptions = {}) {
  const server = await startTestServer(options);
  const clientKeyThumbprint = await calculateJwkThumbprint(key.jwk);
  const { token } = await issue(server, { preset: 'subject', clientKeyThumbprint });
  return {
    server,
    /** The status of a query with a proof for this URL, under this name of a host. */
    async ask(url: string, Host = `localhost:${server.port}`): Promise<number> {
      const dpop = proofFor(server, url, token);
      return await get(server, [`Host: ${Host}`, `Authorization: DPoP ${token}`, `DPoP: ${dpop}`]);
    },
    /** How a call over a WebSocket is refused; undefined when it is not. */
    async call(url: string, Host = `localhost:${server.port}`): Promise<string | undefined> {
      const dpop = proofFor(server, url, token);
      const params = { ...bearer(token, 'DPoP'), dpop };
      using socket = await openSocket(server.port, { params, headers: { Host } });
      return reasonOf(await socket.call('query', 'event.list', {}));
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** With headers as they stand: `fetch` names the host itself. */
async function get({ port }: TestServer, headers: readonly string[]): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  const input = encodeURIComponent('{"json":{}}');
  const lines = [`GET /trpc/event.list?input=${input} HTTP/1.1`, 'Connection: close', ...headers];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const [head] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return Number(head.toString().split(' ')[1]);
}

const evil = 'evil.example';

describe('a proof that a client made for another server', () => {
  it('proves nothing here, though who received it writes their own name in the Host header', async () => {
    await using bank = await open();
    expect(await bank.ask(`http://${evil}/trpc/event.list`, evil)).toBe(401);
    expect(await bank.call(`http://${evil}/trpc`, evil)).toBe('unauthenticated');
    expect(bank.server.log.filter((line) => line.includes('say publicUrl'))).toHaveLength(1);
  });

  it('proves nothing where publicUrl is said either, and one for that URL does', async () => {
    await using bank = await open({ publicUrl: 'https://bank.example/security' });
    for (const host of [evil, 'localhost', 'bank.example']) {
      expect(await bank.ask(`http://${evil}/trpc/event.list`, host)).toBe(401);
      expect(await bank.call(`http://${evil}/trpc`, host)).toBe('unauthenticated');
    }
    expect(await bank.ask(`http://localhost:${bank.server.port}/trpc/event.list`)).toBe(401);
    expect(await bank.ask('https://bank.example/security/trpc/event.list', evil)).toBe(200);
    expect(await bank.call('https://bank.example/security/trpc', evil)).toBeUndefined();
  });

  it('is told from one that was made for a server on this machine, which needs no setting', async () => {
    await using bank = await open();
    const { port } = bank.server;
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
      expect(await bank.ask(`http://${host}/trpc/event.list`, host)).toBe(200);
      expect(await bank.call(`http://${host}/trpc`, host)).toBeUndefined();
    }
    expect(bank.server.log.join('')).not.toContain('publicUrl');
  });
});

describe('a publicUrl of the host', () => {
  it.each([
    ['throws', () => fail()],
    ['rejects', () => Promise.reject(new Error('no proxy told it'))],
    ['answers with what is no URL', () => 'bank.example'],
    ['answers with nothing', () => undefined],
  ])('that %s ends no process and no other call, and proves nothing', async (_what, answer) => {
    const ended: unknown[] = [];
    const onEnd = (cause: unknown) => void ended.push(cause);
    process.on('uncaughtException', onEnd).on('unhandledRejection', onEnd);
    try {
      await using bank = await open({ publicUrl: answer as () => string });
      const url = `http://localhost:${bank.server.port}/trpc`;
      expect(await bank.ask(`${url}/event.list`)).toBe(401);
      expect(await bank.call(url)).toBe('unauthenticated');
      using anonymous = await openSocket(bank.server.port);
      expect(reasonOf(await anonymous.call('query', 'event.list', {}))).toBe('unauthenticated');
      const headers = { dpop: 'none' };
      expect((await query(bank.server, 'event.list', {}, { headers })).status).toBe(200);
      const route = await bank.server.cs.rest(new Request(url, { headers }), () => new Response());
      expect(route.status).toBe(401);
      expect(ended).toEqual([]);
      expect(bank.server.log.filter((line) => line.includes('publicUrl'))).toHaveLength(1);
    } finally {
      process.off('uncaughtException', onEnd).off('unhandledRejection', onEnd);
    }
  });

  it('is asked about no request, and no socket, that comes without a proof', async () => {
    let asked = 0;
    const publicUrl = ({ url }: { readonly url: string }) => {
      asked += 1;
      return url;
    };
    await using bank = await open({ publicUrl });
    const { server } = bank;
    const { token } = await issue(server, { preset: 'subject' });
    expect((await query(server, 'event.list', {}, { headers: bearer(token) })).status).toBe(200);
    for (const params of [undefined, bearer(token)]) {
      using socket = await openSocket(server.port, { params });
      await socket.call('query', 'event.list', {});
    }
    expect(asked).toBe(0);
    expect(await bank.ask(`http://localhost:${server.port}/trpc/event.list`)).toBe(200);
    expect(asked).toBe(1);
  });
});

it('the opening request of a WebSocket does not stay in memory as long as the socket', async () => {
  const sockets = [introduced({}), introduced({ dpop: 'none' }), introduced(bearer('none'))];
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(sockets.map(({ opening }) => opening.deref())).toEqual([undefined, undefined, undefined]);
  expect(sockets.map(({ inParameters }) => inParameters(null).carrier)).toEqual(['h', 'h', 'h']);
});

/** What is kept of a socket that has sent its parameters. */
function introduced(parameters: Readonly<Record<string, string>>) {
  const opening = new IncomingMessage(new Socket());
  opening.url = '/trpc';
  const inParameters = presentationOf(opening, createPublicUrl());
  inParameters(parameters);
  return { inParameters, opening: new WeakRef(opening) };
}

it('one subject cannot fill the memory of proofs, by however many keys it binds its token to', async () => {
  await using bank = await open();
  const { server } = bank;
  const url = `${server.url}/trpc/event.list`;
  const { token } = await issue(server, { preset: 'subject', subjectId: 'eve' });
  const callers = new Map<string, number>();
  for (let turn = 0; turn < dpopLimits.rememberedPerHolderMax + 5; turn += 1) {
    const another = createHandKey();
    const bound = attenuateScopedToken(token, { cnf: { jkt: await calculateJwkThumbprint(another.jwk) } });
    const headers = { ...bearer(bound, 'DPoP'), dpop: proofFor(server, url, bound, another) };
    const { kind } = await server.cs.authenticate(new Request(url, { headers }));
    callers.set(kind, (callers.get(kind) ?? 0) + 1);
  }
  expect([...callers]).toEqual([
    ['bearer', dpopLimits.rememberedPerHolderMax],
    ['nobody', 5],
  ]);
  expect(await bank.ask(url)).toBe(200);
});

function proofFor({ clock }: TestServer, url: string, token: string, by: HandKey = key): string {
  const iat = Math.floor(clock.now().getTime() / 1000);
  return handMade({
    key: by,
    claims: { htm: 'GET', htu: url, iat, ath: hash('sha256', token, 'base64url') },
  });
}

function fail(): never {
  throw new Error('no proxy told it');
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
