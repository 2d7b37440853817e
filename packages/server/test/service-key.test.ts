import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { acceptActor } from '../src/caller/accept-actor.ts';
import { startTestServer } from '../testing/index.ts';
import { query, read } from './support/http.ts';

it('lets the service in by its key, whatever the case of the word Bearer', async () => {
  await using server = await startTestServer();
  expect((await query(server, 'method.list')).status).toBe(200);
  const headers = { authorization: `bearer ${server.serviceKey}` };
  expect((await query(server, 'method.list', undefined, { headers })).status).toBe(200);
});

it('lets nobody in by anything else, and always in the same words', async () => {
  await using server = await startTestServer();
  const key = server.serviceKey;
  const wrong = [
    '',
    'Bearer',
    'Bearer ',
    key,
    `Basic ${key}`,
    `Bearer  ${key}`,
    `Bearer ${key} `.padEnd(80, 'x'),
    `Bearer ${key.slice(0, -1)}`,
    `Bearer ${key}x`,
    `Bearer ${key.toUpperCase()}`,
    `Bearer csk_${'a'.repeat(32)}`,
    `Bearer cst1.${'a'.repeat(64)}`,
    `Bearer csk_${'a'.repeat(10_000)}`,
    'Bearer null',
    'Bearer undefined',
  ];
  const answers = new Set<string>();
  for (const authorization of wrong) {
    const answer = await query(server, 'method.list', undefined, { headers: { authorization } });
    expect({ authorization, status: answer.status }).toEqual({ authorization, status: 401 });
    answers.add(answer.text);
  }
  expect(answers.size).toBe(1);
  expect([...answers][0]).toContain('"reason":"unauthenticated"');
});

it('refuses two credentials, even when both are right', async () => {
  await using server = await startTestServer();
  const line = `Authorization: Bearer ${server.serviceKey}\r\n`;
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write(
        `GET /trpc/method.list HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${line}${line}\r\n`,
      ),
    );
    socket.on('data', (chunk: Buffer) => resolve(chunk.toString()));
  });
  expect(answer).toMatch(/^HTTP\/1.1 400 /);
  expect(answer).toContain('"reason":"invalid_input"');
});

it('lets nobody in over HTTP when no key is configured', async () => {
  await using server = await startTestServer({ serviceKey: undefined });
  const answer = await read(
    await fetch(`${server.url}/trpc/method.list`, { headers: { authorization: 'Bearer undefined' } }),
  );
  expect(answer.error?.data.reason).toBe('unauthenticated');
});

it('writes no key into a log', async () => {
  await using server = await startTestServer();
  await query(server, 'method.list');
  await query(server, 'nothing', { key: server.serviceKey });
  expect(server.log.length).toBeGreaterThan(0);
  expect(server.log.join('')).not.toContain(server.serviceKey.slice(4));
});

describe('an actor that a host names', () => {
  it.each([
    null,
    undefined,
    {},
    { kind: 'subject', subjectId: '', sessionId: null },
    { kind: 'subject', subjectId: null, sessionId: null },
    { kind: 'subject', sessionId: null },
    { kind: 'subject', subjectId: 'a\u0000b', sessionId: null },
    { kind: 'subject', subjectId: '\ud800', sessionId: null },
    { kind: 'subject', subjectId: 'x'.repeat(201), sessionId: null },
    { kind: 'device', subjectId: '', factorId: 'fact_1' },
    { kind: 'admin' },
  ])('is nobody when it is %j', (actor) => {
    expect(acceptActor(actor as never)).toBeNull();
  });

  it('has no session when its session is empty', () => {
    expect(acceptActor({ kind: 'subject', subjectId: 'ada', sessionId: '' })).toEqual({
      kind: 'subject',
      subjectId: 'ada',
      sessionId: null,
    });
  });

  it('without a subject is refused as unauthenticated, never served as a service', async () => {
    await using server = await startTestServer();
    const nobody = server.cs.createCaller({ kind: 'subject', subjectId: '', sessionId: null });
    await expect(nobody.method.list()).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      cause: { reason: 'unauthenticated' },
    });
  });
});
