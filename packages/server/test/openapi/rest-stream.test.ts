import { setTimeout as sleep } from 'node:timers/promises';
import { tracked } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { serverSentEvents } from '../../src/openapi/server-sent.ts';
import { streamLimits } from '../../src/stream/limits.ts';
import { startTestServer, type TestServer } from '../../testing/index.ts';
import { openEventSource, type SentEvent, type TestEventSource } from '../support/event-source.ts';
import { sharedServer } from '../support/shared-server.ts';
import { bearer, issue } from '../support/tokens.ts';
import { transfer, transferRequest } from '../support/transfer.ts';
import { readRest, restPost } from './rest.ts';

const shared = sharedServer({ operations: { transfer } });

interface Read {
  readonly type: string;
  readonly about: { readonly id: string };
}

/** A stream of ours as a program of another language reads it; its opening comment has arrived. */
async function open(
  server: TestServer,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<TestEventSource> {
  const source = await openEventSource(`${server.url}/api/v1/${path}`, { ...server.credential, ...headers });
  expect(await source.next()).toMatchObject({ data: '' });
  return source;
}

const read = (sent: SentEvent | null): Read => JSON.parse(sent?.data ?? 'null') as Read;

async function create(server: TestServer, subjectId: string): Promise<string> {
  const answer = await restPost(server, 'authorizationRequest.create', {
    ...transferRequest,
    subjectId,
    deliverTo: { channel: 'email', address: `${subjectId}@example.org` },
  });
  return (answer.result as { readonly id: string }).id;
}

describe('a stream over plain HTTP', () => {
  it('tells the log in JSON, each event by its type and id, and resumes after the last one that arrived', async () => {
    const server = shared();
    await using source = await open(server, 'event/stream?subjectId=streamed');
    expect(source.status).toBe(200);
    const id = await create(server, 'streamed');
    const [first, second] = [(await source.next())!, (await source.next())!];
    expect(first.event).toBe('authorization_request.created');
    expect(read(first)).toMatchObject({ type: 'authorization_request.created', id: first.id, about: { id } });
    await using resumed = await open(server, 'event/stream?subjectId=streamed&from=now', {
      'last-event-id': first.id!,
    });
    expect(await resumed.next()).toEqual(second);
    await using begun = await open(server, 'event/stream?subjectId=streamed&from=start');
    expect(await begun.next()).toEqual(first);
    // What comes by the header is newer than what stands in a URL that is repeated.
    await using repeated = await open(server, `event/stream?subjectId=streamed&lastEventId=${second.id}`, {
      'last-event-id': first.id!,
    });
    expect(await repeated.next()).toEqual(second);
  });

  it('of one request begins with it as it is, and says when there is no more', async () => {
    const server = shared();
    const id = await create(server, 'watched');
    await using source = await open(server, `authorizationRequest/watch?id=${id}`);
    expect(read(await source.next())).toMatchObject({
      type: 'authorization_request.snapshot',
      data: { request: { id, state: 'waiting' } },
    });
    await restPost(server, 'authorizationRequest.cancel', { id });
    expect((await source.rest()).slice(2).map(({ event }) => event)).toEqual([
      'authorization_request.cancelled',
      'end',
    ]);
  });

  it('comes with headers that let no proxy keep, hold or compress it', async () => {
    await using source = await open(shared(), 'event/stream', { 'accept-encoding': 'gzip' });
    expect(source.headers.get('content-type')).toBe('text/event-stream');
    expect(source.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(source.headers.get('x-accel-buffering')).toBe('no');
    expect(source.headers.get('content-encoding')).toBeNull();
  });

  it.each<[string, string, Record<string, string>, number, string]>([
    ['nobody', 'event/stream', { authorization: 'Bearer nobody' }, 401, 'unauthenticated'],
    ['a wrong input', 'event/stream?surplus=1', {}, 400, 'invalid_input'],
    ['a wrong place', 'event/stream', { 'last-event-id': 'evt_x' }, 400, 'invalid_input'],
    ['what is not there', 'authorizationRequest/watch?id=areq_x', {}, 404, 'not_found'],
    ['a foreign page', 'event/stream', { origin: 'https://evil.example' }, 403, 'forbidden'],
  ])('is refused before it begins as every call is: %s', async (_name, path, headers, status, reason) => {
    const answer = await readRest(
      await fetch(`${shared().url}/api/v1/${path}`, { headers: { ...shared().credential, ...headers } }),
    );
    expect([answer.status, answer.problem.reason]).toEqual([status, reason]);
  });

  it('fails when its credential ends, and does not say that it is complete', async () => {
    const server = shared();
    const { id, token } = await issue(server, { subjectId: 'ending', preset: 'subject' });
    await using source = await open(server, 'event/stream', bearer(token));
    await restPost(server, 'scopedToken.revoke', { id });
    const events = (await source.rest()).slice(1);
    expect(JSON.parse(events.at(-1)?.data ?? '')).toMatchObject({ status: 401, reason: 'unauthenticated' });
    // That it was revoked may still have been told.
    const others = events.map(({ event }) => event).filter((event) => event !== 'scoped_token.revoked');
    expect(others).toEqual(['problem']);
  });

  it('of one subject there are so many, and each place is free again when its reader has left', async () => {
    const server = shared();
    const { token } = await issue(server, { subjectId: 'many', preset: 'subject' });
    const ask = () => open(server, 'event/stream', bearer(token));
    for (let round = 0; round < 2; round += 1) {
      const sources: TestEventSource[] = [];
      await expect
        .poll(async () => {
          const source = await ask().catch(() => null);
          if (source !== null) sources.push(source);
          return sources.length;
        })
        .toBe(streamLimits.perSubjectMax);
      const answer = await readRest(
        await fetch(`${server.url}/api/v1/event/stream`, { headers: bearer(token) }),
      );
      expect([answer.status, answer.problem.reason]).toEqual([429, 'rate_limited']);
      for (const source of sources) await source[Symbol.asyncDispose]();
    }
  });

  it('ends with the server without saying that it is complete, so that its reader comes back', async () => {
    await using server = await startTestServer({ operations: { transfer } });
    await using source = await open(server, 'event/stream');
    await create(server, 'drained');
    const first = await source.next();
    await server.cs.drain();
    const events = (await source.rest()).slice(1);
    expect(events[0]).toEqual(first);
    expect(events.map(({ event }) => event)).not.toContain('end');
    expect(events.map(({ event }) => event)).not.toContain('problem');
  });
});

describe('a reader of server-sent events', () => {
  const decoder = new TextDecoder();
  async function* texts(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
    for await (const chunk of stream) yield decoder.decode(chunk);
  }
  async function all(stream: AsyncIterable<string>): Promise<string[]> {
    const seen: string[] = [];
    for await (const text of stream) seen.push(text);
    return seen;
  }
  const forEver = (leaving: AbortController) =>
    (async function* () {
      yield tracked('evt_1', { type: 'x', text: 'a\nb\r\nid: evt_2' });
      await sleep(60_000, undefined, { signal: leaving.signal }).catch(() => undefined);
    })();

  it('is told that a quiet stream lives, and no line of an event is taken for another field', async () => {
    const leaving = new AbortController();
    const stream = texts(serverSentEvents(forEver(leaving), { leaving, pingMilliseconds: 5 }));
    const seen: string[] = [];
    for await (const text of stream) if (seen.push(text) === 4) break;
    expect(seen).toEqual([
      ': open\n\n',
      'id: evt_1\nevent: x\ndata: {"type":"x","text":"a\\nb\\r\\nid: evt_2"}\n\n',
      ': ping\n\n',
      ': ping\n\n',
    ]);
    expect(leaving.signal.aborted).toBe(true);
  });

  it('is cut after a time, so that it proves again who it is', async () => {
    const leaving = new AbortController();
    const stream = texts(serverSentEvents(forEver(leaving), { leaving, durationMilliseconds: 20 }));
    const seen = await all(stream);
    expect(seen).toHaveLength(2);
    expect(seen.join('')).not.toContain('event: end');
  });

  it('learns of a failure nothing but its reason', async () => {
    const leaving = new AbortController();
    const failing = (async function* () {
      yield tracked('evt_1', {});
      await Promise.reject(new Error('private: canary-4711'));
    })();
    const [, , problem, ...more] = await all(texts(serverSentEvents(failing, { leaving })));
    expect(problem).toMatch(/^event: problem\ndata: .*"reason":"internal"/);
    expect(problem).not.toMatch(/canary|stack/);
    expect(more).toEqual([]);
  });

  it('draws each event: nothing is read ahead of it', async () => {
    const leaving = new AbortController();
    let drawn = 0;
    const flood = (async function* () {
      for (;;) {
        drawn += 1;
        yield tracked(`evt_${drawn}`, {});
        await sleep(0);
      }
    })();
    const reader = serverSentEvents(flood, { leaving }).getReader();
    for (let chunk = 0; chunk < 4; chunk += 1) await reader.read();
    await sleep(20);
    expect(drawn).toBe(3);
    await reader.cancel();
  });
});
