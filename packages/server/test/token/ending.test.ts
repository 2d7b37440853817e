import { attenuateScopedToken } from '@countersign/core/scoped-token';
import { initTRPC } from '@trpc/server';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CountersignContext } from '../../src/index.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../testing/index.ts';
import { openEventSource } from '../support/event-source.ts';
import { mutate, query } from '../support/http.ts';
import { startSecondNode, type SecondNode } from '../support/second-node.ts';
import { openSocket, reasonOf } from '../support/socket.ts';
import { bearer, issue } from '../support/tokens.ts';
import { transfer, transferRequest } from '../support/transfer.ts';

interface TwoNodes {
  readonly here: TestServer;
  readonly there: SecondNode;
}

async function startTwoNodes(options: TestServerOptions = {}): Promise<TwoNodes> {
  const secret = randomBytes(32).toString('base64');
  const here = await startTestServer({ operations: { transfer }, secret, ...options });
  const there = await startSecondNode(here, { operations: { transfer }, secret });
  onTestFinished(async () => {
    await there[Symbol.asyncDispose]();
    await here[Symbol.asyncDispose]();
  });
  return { here, there };
}

const service = ({ cs }: TestServer) => cs.core.context({ kind: 'service' });

/** How long until this is so, in milliseconds. */
async function timeUntil(isSo: () => Promise<boolean>): Promise<number> {
  const startedAt = performance.now();
  while (!(await isSo())) await sleep(20);
  return performance.now() - startedAt;
}

describe('a revocation on one node', () => {
  it('refuses calls on the other within a second, whatever is revoked: token, delegate, session, subject, key', async () => {
    const { here, there } = await startTwoNodes();
    const { scopedToken } = here.cs.core;
    for (const revoke of ['token', 'delegate', 'session', 'subject', 'key']) {
      const { id, token } = await issue(here, { preset: 'subject', sessionId: `session of ${revoke}` });
      const shown = revoke === 'delegate' ? attenuateScopedToken(token, { cid: 'worker' }) : token;
      const isRefused = async () => {
        const { status } = await query(
          { ...here, url: there.url },
          'event.list',
          {},
          { headers: bearer(shown) },
        );
        return status === 401;
      };
      expect(await isRefused()).toBe(false);
      if (revoke === 'token') await scopedToken.revoke(service(here), { id });
      if (revoke === 'delegate') await scopedToken.revoke(service(here), { id, delegateId: 'worker' });
      if (revoke === 'session')
        await scopedToken.revoke(service(here), { sessionId: `session of ${revoke}` });
      if (revoke === 'subject') await scopedToken.revoke(service(here), { subjectId: 'ada' });
      if (revoke === 'key') await scopedToken.revokeKey(service(here), { kid: token.split('.')[1]! });
      const milliseconds = await timeUntil(isRefused);
      expect({ revoke, inTime: milliseconds < 1_000 }).toEqual({ revoke, inTime: true });
      if (revoke === 'delegate')
        expect((await query(here, 'event.list', {}, { headers: bearer(token) })).status).toBe(200);
      if (revoke === 'session') {
        const other = await issue(here, { preset: 'subject', sessionId: 'session-2' });
        expect((await query(here, 'event.list', {}, { headers: bearer(other.token) })).status).toBe(200);
      }
    }
  });

  it('ends the streams of the other within five seconds, over WebSocket and server-sent events, and the socket', async () => {
    const { here, there } = await startTwoNodes();
    const { id, token } = await issue(here, { preset: 'subject' });
    const kept = await issue(here, { preset: 'subject' });
    using socket = await openSocket(there.port, { params: bearer(token) });
    using other = await openSocket(there.port, { params: bearer(kept.token) });
    await using events = await openEventSource(`${there.url}/trpc/event.stream`, bearer(token));
    expect((await socket.subscribe('event.stream', {}, 'stream')).result?.type).toBe('started');
    expect((await other.subscribe('event.stream', {}, 'stream')).result?.type).toBe('started');
    await events.next();

    const revokedAt = performance.now();
    await here.cs.core.scopedToken.revoke(service(here), { id });
    const refusal = await socket.answer((one) => one.error !== undefined);
    expect(reasonOf(refusal)).toBe('unauthenticated');
    expect(await socket.closed).toBe(1008);
    const rest = await events.rest();
    expect(performance.now() - revokedAt).toBeLessThan(5_000);
    expect(rest.at(-1)?.data).toContain('"reason":"unauthenticated"');
    expect(rest.map(({ event }) => event)).not.toContain('return');
    expect(other.raw.readyState).toBe(1);
    const later = socket.answers.slice(socket.answers.indexOf(refusal) + 1);
    expect(later.map(({ result }) => result?.type)).toEqual(['stopped']);
  });
});

describe('a stream', () => {
  it('ends when its token expires, and what happens from then on is not told', async () => {
    await using server = await startTestServer({ operations: { transfer } });
    const { token } = await issue(server, { preset: 'subject', maxAgeSeconds: 60 });
    using socket = await openSocket(server.port, { params: bearer(token) });
    expect((await socket.subscribe('event.stream', {}, 'stream')).result?.type).toBe('started');
    await mutate(server, 'authorizationRequest.create', transferRequest);
    await socket.answer(({ result }) => result?.type === 'data');
    const told = socket.answers.length;
    server.clock.advance(60);
    await mutate(server, 'authorizationRequest.create', {
      ...transferRequest,
      deliverTo: undefined,
      context: { second: true },
    });
    const refusal = await socket.answer((one) => one.error !== undefined);
    expect(reasonOf(refusal)).toBe('unauthenticated');
    expect(socket.answers.slice(told).filter(({ result }) => result?.type === 'data')).toEqual([]);
    expect(await socket.closed).toBe(1008);
  });

  it('of a host ends with its token as well, and its signal says so', async () => {
    await using server = await startTestServer();
    const t = initTRPC.context<CountersignContext>().create();
    let wasTold = false;
    const router = t.router({
      ticks: t.procedure.concat(server.cs.scoped).subscription(async function* ({ ctx }) {
        yield 1;
        await new Promise<void>((resolve) => ctx.ends?.addEventListener('abort', () => resolve()));
        wasTold = true;
        yield 2;
      }),
    });
    const { id, token } = await issue(server, { scope: { rpc: { s: ['ticks'] } } });
    const caller = router.createCaller(
      server.cs.context(
        await server.cs.authenticate(new Request('http://host.example', { headers: bearer(token) })),
      ),
    );
    const told: number[] = [];
    const reading = (async () => {
      for await (const tick of await caller.ticks()) told.push(tick);
    })();
    const refusal = reading.then(
      () => null,
      (error: unknown) => error,
    );
    await expect.poll(() => told).toEqual([1]);
    await server.cs.core.scopedToken.revoke(service(server), { id });
    expect(await refusal).toMatchObject({ code: 'UNAUTHORIZED', cause: { reason: 'unauthenticated' } });
    expect(told).toEqual([1]);
    await expect.poll(() => wasTold).toBe(true);
  });

  it('leaves nothing behind of two hundred that came with tokens and went', async () => {
    await using server = await startTestServer({ operations: { transfer } });
    const { credentials } = server.cs.context(null).countersign;
    for (let turn = 0; turn < 20; turn += 1) {
      const { token } = await issue(server, { preset: 'subject' });
      using socket = await openSocket(server.port, { params: bearer(token) });
      const ids = Array.from({ length: 10 }, (_, at) => `s${at}`);
      await Promise.all(ids.map((one) => socket.subscribe('event.stream', {}, one)));
      expect(credentials.watched).toBeGreaterThan(0);
    }
    await expect.poll(() => credentials.watched).toBe(0);
  });
});

describe('a rotation of keys under load', () => {
  it('refuses no valid token, on either node, and old ones until they expire', async () => {
    const { here, there } = await startTwoNodes();
    const old = await issue(here, { preset: 'subject' });
    let stop = false;
    const seen = { calls: 0, refused: 0 };
    const kids = new Set<string>();
    const load = async (
      node: { readonly url: string; readonly cs: TestServer['cs'] },
      from: Pick<TestServer, 'cs'>,
    ) => {
      while (!stop) {
        const { token } = await issue(from, { preset: 'subject' });
        kids.add(token.split('.')[1]!);
        for (const one of [token, old.token]) {
          const { status } = await query(
            { ...here, url: node.url },
            'event.list',
            { limit: 1 },
            { headers: bearer(one) },
          );
          seen.calls += 1;
          if (status !== 200) seen.refused += 1;
        }
      }
    };
    const loads = [load(here, here), load(there, there), load(here, there), load(there, here)];
    for (let turn = 0; turn < 3; turn += 1) {
      // A key is taken into use when every node has had the time to read it.
      for (let step = 0; step < 3; step += 1) {
        here.clock.advance(5);
        await sleep(300);
      }
      expect(await here.cs.core.scopedToken.rotateKeys(service(here))).toMatchObject({ rotated: true });
      await sleep(500);
    }
    stop = true;
    await Promise.all(loads);
    expect(seen.refused).toBe(0);
    expect(seen.calls).toBeGreaterThan(100);
    expect(kids.size).toBeGreaterThan(2);
  });
});

describe('the host’s subjectActive', () => {
  it('is asked when a token is used, at most every ten seconds, and closes calls and streams', async () => {
    const asked: string[] = [];
    let isActive = true;
    await using server = await startTestServer({
      subjectActive: (subjectId) => {
        asked.push(subjectId);
        return isActive;
      },
    });
    const { token } = await issue(server, { preset: 'subject' });
    const status = async () => (await query(server, 'event.list', {}, { headers: bearer(token) })).status;
    expect(await status()).toBe(200);
    expect(await status()).toBe(200);
    expect(asked).toEqual(['ada']);
    using socket = await openSocket(server.port, { params: bearer(token) });
    await socket.subscribe('event.stream', {}, 'stream');
    isActive = false;
    expect(await status()).toBe(200);
    server.clock.advance(10);
    expect(await status()).toBe(401);
    expect(await socket.closed).toBe(1008);
    expect(asked).toEqual(['ada', 'ada']);
    // The service is nobody's account.
    expect((await query(server, 'event.list', {})).status).toBe(200);
  });

  it('that throws, or never answers, or answers otherwise than true lets nobody in', async () => {
    const answers: (() => unknown)[] = [
      () => {
        throw new Error('canary of the host');
      },
      () => new Promise(() => undefined),
      () => 'yes',
      () => undefined,
    ];
    const statuses: number[] = [];
    for (const answer of answers) {
      await using server = await startTestServer({ subjectActive: answer as () => boolean });
      const { token } = await issue(server, { preset: 'subject' });
      const refused = await query(server, 'event.list', {}, { headers: bearer(token) });
      statuses.push(refused.status);
      expect(refused.text).not.toContain('canary');
    }
    expect(statuses).toEqual([503, 503, 401, 401]);
  });
});
