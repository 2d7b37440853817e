import { defineOperation, otp } from '@countersign/core';
import { TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestDatabase } from '@countersign/core/testing';
import { createCountersign } from '../src/index.ts';
import { startTestServer, type TestServer } from '../testing/index.ts';
import { databaseLine } from './support/database-line.ts';
import { mutate, query } from './support/http.ts';
import { transfer, transferRequest } from './support/transfer.ts';

const required = {
  issuer: 'Acme',
  audience: 'acme',
  secret: Buffer.alloc(32, 7).toString('base64'),
  methods: [],
};

const canary = 'canary-4711';

/** What a driver throws: text, row and parameters, all of them private. */
class DriverError extends Error {
  override readonly name = 'DriverException';
  readonly code = '23505';
  readonly detail = `Key (code)=(${canary}) already exists.`;
  readonly parameters = [canary];
  constructor() {
    super(`insert into countersign.secret values ('${canary}') - duplicate key`);
  }
}

const broken = defineOperation({
  slug: 'broken',
  data: z.unknown(),
  title: 'Broken',
  facts: () => {
    throw new DriverError();
  },
});

const create = (server: TestServer) =>
  mutate(server, 'authorizationRequest.create', { ...transferRequest, slug: 'broken' });

describe('an unforeseen error', () => {
  it('tells the caller nothing but an id, and the log under that id everything', async () => {
    await using server = await startTestServer({ operations: { broken } });
    const answer = await create(server);
    expect(answer.status).toBe(500);
    expect(answer.error).toEqual({
      message: 'Something went wrong on our side.',
      code: -32603,
      data: {
        code: 'INTERNAL_SERVER_ERROR',
        httpStatus: 500,
        reason: 'internal',
        details: { errorId: expect.stringMatching(/^err_/) as unknown },
      },
    });
    expect(answer.text).not.toMatch(/canary|stack|node_modules|packages|\.ts|Driver|insert/);

    const logged = server.log.filter((line) =>
      line.includes(String(answer.error?.data.details?.['errorId'])),
    );
    expect(logged).toHaveLength(1);
    expect(JSON.parse(logged[0]!)).toMatchObject({ level: 'error', path: 'authorizationRequest.create' });
    expect(logged[0]).toContain('DriverException');
    expect(logged[0]).not.toContain('Key (code)');
  });

  it('has the same shape in a batch, in a stream of results and without HTTP', async () => {
    await using server = await startTestServer({ operations: { broken } });
    const input = { 0: { json: { ...transferRequest, slug: 'broken' } } };
    for (const accept of ['application/json', 'application/jsonl']) {
      const answer = await fetch(`${server.url}/trpc/authorizationRequest.create?batch=1`, {
        method: 'POST',
        headers: { ...server.credential, 'content-type': 'application/json', 'trpc-accept': accept },
        body: JSON.stringify(input),
      });
      const text = await answer.text();
      expect(text).toContain('"reason":"internal"');
      expect(text).not.toMatch(/canary|stack|Driver/);
    }
    const error = await server.cs
      .createCaller({ kind: 'service' })
      .authorizationRequest.create({ ...transferRequest, slug: 'broken' })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TRPCError);
    expect((error as TRPCError).message).toBe('Something went wrong on our side.');
  });

  it('is not shown when a real statement of the database fails', async () => {
    await using server = await startTestServer();
    await server.database.sql.query('ALTER TABLE countersign.event RENAME TO event_gone');
    const answer = await query(server, 'event.list');
    expect(answer.error?.data).toMatchObject({ reason: 'internal' });
    expect(answer.text).not.toMatch(/relation|countersign\.event|42P01|select/i);
    const inProcess = server.cs.createCaller({ kind: 'service' }).event.list();
    await expect(inProcess).rejects.toMatchObject({ message: 'Something went wrong on our side.' });
  });
});

it('says that a dependency is away while the database is, and works again afterwards', async () => {
  await using database = await createTestDatabase();
  await using line = await databaseLine(database.url);
  const cs = await createCountersign({ ...required, database: line.url, migrate: false, sweep: false });
  const caller = cs.createCaller({ kind: 'service' });
  expect((await caller.event.list()).items).toEqual([]);
  await line.cut();
  await expect(caller.event.list()).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: 'A service this depends on is away.',
  });
  const answer = await cs.handler(new Request('http://localhost/readyz'));
  expect([answer.status, await answer.json()]).toEqual([
    503,
    { status: 'unavailable', database: false, migrations: false, keys: true },
  ]);
  await line.mend();
  expect((await caller.event.list()).items).toEqual([]);
  await cs.close();
});

it('shows the request with a failed delivery, so that another challenge can be asked for', async () => {
  const failing = async () => {
    throw new Error(`carrier refused: ${canary}`);
  };
  await using server = await startTestServer({ operations: { transfer }, methods: [otp({ send: failing })] });
  const answer = await mutate(server, 'authorizationRequest.create', transferRequest);
  expect(answer.error?.data).toMatchObject({
    reason: 'delivery_failed',
    httpStatus: 502,
    authorizationRequest: { state: 'waiting' },
  });
  expect(answer.text).not.toContain(canary);
});

it('names the place of every finding about an input', async () => {
  await using server = await startTestServer();
  const answer = await mutate(server, 'authorizationRequest.create', {
    slug: '!',
    subjectId: '',
    surplus: 1,
  });
  expect(answer.error?.data).toMatchObject({ reason: 'invalid_input', code: 'BAD_REQUEST', httpStatus: 400 });
  const issues = answer.error?.data.details?.['issues'] as { path: string[]; code: string }[];
  expect(issues.map(({ path, code }) => `${path.join('.')}:${code}`).sort()).toEqual([
    ':unrecognized_keys',
    'slug:invalid_format',
    'subjectId:too_small',
  ]);
});

it('answers unknown procedures and paths like things that do not exist', async () => {
  await using server = await startTestServer({ development: false });
  for (const path of [
    'nothing',
    'authorizationRequest',
    'authorizationRequest.create.x',
    '__proto__',
    'constructor',
    'toString',
  ]) {
    expect((await query(server, path)).error?.data).toMatchObject({ reason: 'not_found', httpStatus: 404 });
  }
  const elsewhere = await fetch(`${server.url}/elsewhere`);
  expect(await elsewhere.json()).toMatchObject({ error: { json: { data: { reason: 'not_found' } } } });
});

it('answers the wrong HTTP method with a reason', async () => {
  await using server = await startTestServer();
  expect((await query(server, 'authorizationRequest.create', transferRequest)).error?.data).toMatchObject({
    reason: 'invalid_input',
    code: 'METHOD_NOT_SUPPORTED',
    httpStatus: 405,
  });
  expect((await mutate(server, 'method.list', {})).error?.data).toMatchObject({
    reason: 'invalid_input',
    httpStatus: 405,
  });
  expect((await mutate(server, 'method.list', {}, { method: 'PUT' })).error?.data).toMatchObject({
    httpStatus: 405,
  });
});
