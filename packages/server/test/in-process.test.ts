import { CountersignError } from '@countersign/core';
import { initTRPC, TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { SuperJSON } from 'superjson';
import { describe, expect, it, vi } from 'vitest';
import type { CountersignErrorShape } from '../src/index.ts';
import { sharedServer } from './support/shared-server.ts';
import { mutate, query } from './support/http.ts';
import { transfer, transferData, transferRequest } from './support/transfer.ts';

const shared = sharedServer({ operations: { transfer } });

function containingItself(): unknown {
  const list: unknown[] = [];
  list.push(list);
  return list;
}

describe('a caller in this process', () => {
  it('gets what HTTP gives, value for value', async () => {
    const { cs } = shared();
    const caller = cs.createCaller({ kind: 'service' });
    const { id } = await caller.authorizationRequest.create({ ...transferRequest, subjectId: 'caller' });
    expect((await query(shared(), 'authorizationRequest.get', { id })).result).toEqual(
      await caller.authorizationRequest.get({ id }),
    );
    // The log waits for the oldest transaction of the whole cluster, and other tests run on it.
    await expect
      .poll(async () => (await caller.event.list({ requestId: id })).items, { timeout: 10_000 })
      .toHaveLength(2);
    expect((await query(shared(), 'event.list', { requestId: id })).result).toEqual(
      await caller.event.list({ requestId: id }),
    );
    expect((await query(shared(), 'method.list')).result).toEqual(await caller.method.list());
  });

  it.each([
    ['authorizationRequest.get', { id: 'areq_none' }],
    ['authorizationRequest.cancel', { id: 'areq_none' }],
    ['authorizationRequest.grant', { id: 1 }],
    ['authorizationRequest.create', { slug: '!' }],
    ['authorizationRequest.consume', { id: 'areq_none', slug: 'transfer', subjectId: 'ada' }],
  ])('is refused as HTTP refuses: %s', async (path, input) => {
    const [, verb] = path.split('.') as [string, 'get'];
    const caller = shared().cs.createCaller({ kind: 'service' });
    const error = await caller.authorizationRequest[verb](input as never).catch((thrown: unknown) => thrown);
    const answer = verb === 'get' ? await query(shared(), path, input) : await mutate(shared(), path, input);
    expect(error).toBeInstanceOf(TRPCError);
    expect({ message: (error as TRPCError).message, code: (error as TRPCError).code }).toEqual({
      message: answer.error?.message,
      code: answer.error?.data.code,
    });
  });

  it.each<[string, unknown]>([
    ['the key __proto__', JSON.parse('{"__proto__":1}')],
    ['the key constructor', { list: [{ constructor: 1 }] }],
    ['a graph without end', Array.from({ length: 16 }).reduce<unknown>((part) => [part, part, part], 'leaf')],
    ['itself inside itself', containingItself()],
    ['40,000 values', Array.from({ length: 40_000 }, () => 0)],
    ['a long buffer', Buffer.alloc(1_000_000)],
  ])('is refused before anything walks an input with %s', async (_name, data) => {
    const startedAt = performance.now();
    const caller = shared().cs.createCaller({ kind: 'service' });
    const input = { ...transferRequest, slug: 'adhoc', title: 'Ad hoc', data };
    await expect(caller.authorizationRequest.create(input)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      cause: { reason: 'invalid_input' },
    });
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  it('acts as the subject it names, and sees nothing of another', async () => {
    const { cs } = shared();
    const mine = await cs
      .createCaller({ kind: 'service' })
      .authorizationRequest.create({ ...transferRequest, subjectId: 'own' });
    const own = cs.createCaller({ kind: 'subject', subjectId: 'own', sessionId: null });
    const other = cs.createCaller({ kind: 'subject', subjectId: 'other', sessionId: null });
    expect((await own.authorizationRequest.get({ id: mine.id })).id).toBe(mine.id);
    await expect(other.authorizationRequest.get({ id: mine.id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(
      own.authorizationRequest.create({ ...transferRequest, subjectId: undefined }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('may give one request a generator and a sender of its own', async () => {
    const sent: string[] = [];
    const { cs } = shared();
    const { id } = await cs.authorizationRequest.create(
      { ...transferRequest, subjectId: 'override' },
      { generate: () => '424242', send: async ({ code }) => void sent.push(code) },
    );
    expect(sent).toEqual(['424242']);
    await cs.core.authorizationRequest.grant(cs.core.context({ kind: 'service' }), {
      id,
      proof: { method: 'otp', code: '424242' },
    });
    const use = { id, slug: 'transfer', subjectId: 'override', data: transferData };
    expect(await cs.consume(use)).toMatchObject({ consumed: true });
    await expect(cs.consume(use)).rejects.toMatchObject({ reason: 'already_consumed' });
    await expect(cs.consume({ ...use, id: '' })).rejects.toBeInstanceOf(CountersignError);
  });
});

describe("inside a host's own router", () => {
  const host = () => {
    const { cs } = shared();
    // The host has another transformer, a formatter of its own that shows stacks, and a context of its own.
    const t = initTRPC.context<{ user: string }>().create({
      isDev: true,
      errorFormatter: ({ shape, error }) => ({
        ...shape,
        data: { ...shape.data, stack: error.stack, host: true },
      }),
    });
    const router = t.router({
      countersign: cs.router,
      hello: t.procedure.query(({ ctx }) => `hello ${ctx.user}`),
      fails: t.procedure.query(() => {
        throw new Error('of the host');
      }),
    });
    return (path: string, body?: unknown, context: object = cs.context({ kind: 'service' })) =>
      fetchRequestHandler({
        endpoint: '/api',
        router,
        createContext: () => ({ user: 'ada', ...context }),
        req: new Request(`http://host.example/api/${path}`, {
          headers: { 'content-type': 'application/json' },
          ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        }),
      });
  };

  it('works as it does alone', async () => {
    const call = host();
    expect(await (await call('hello')).json()).toEqual({ result: { data: 'hello ada' } });
    const answer = await call('countersign.authorizationRequest.create', {
      ...transferRequest,
      subjectId: 'nested',
    });
    expect(await answer.json()).toMatchObject({
      result: { data: { state: 'waiting', subjectId: 'nested' } },
    });
  });

  it("keeps its reasons, and shows no stack, under the host's error formatter", async () => {
    const call = host();
    const answer = await call('countersign.authorizationRequest.get?input=%7B%22id%22%3A%22areq_none%22%7D');
    expect(answer.status).toBe(404);
    const { error } = (await answer.json()) as { error: CountersignErrorShape };
    expect(error).toEqual({
      message: 'There is nothing here by that id.',
      code: -32004,
      data: { code: 'NOT_FOUND', httpStatus: 404, reason: 'not_found' },
    });
    const invalid = (await (await call('countersign.authorizationRequest.cancel', { id: 1 })).json()) as {
      error: CountersignErrorShape;
    };
    expect(invalid.error.data).toMatchObject({
      reason: 'invalid_input',
      details: { issues: [{ path: ['id'] }] },
    });
    expect(await (await call('fails')).json()).toMatchObject({ error: { data: { host: true } } });
  });

  it("is not brought down by what the host's transformer can build", async () => {
    const { cs } = shared();
    const t = initTRPC.create({ transformer: new SuperJSON() });
    const router = t.router({ countersign: cs.router });
    const levels = Array.from({ length: 40 }, (_, level) => `l${level}`);
    const json = Object.fromEntries(levels.map((name) => [name, { a: null, b: null, c: null }]));
    const referentialEqualities = Object.fromEntries(
      levels
        .slice(1)
        .map((name, index) => [`data.${levels[index]}`, ['a', 'b', 'c'].map((key) => `data.${name}.${key}`)]),
    );
    const body = JSON.stringify({
      json: { ...transferRequest, slug: 'adhoc', title: 'x', data: json },
      meta: { referentialEqualities, v: 1 },
    });
    const answer = await fetchRequestHandler({
      endpoint: '/api',
      router,
      createContext: () => cs.context({ kind: 'service' }),
      req: new Request('http://host.example/api/countersign.authorizationRequest.create', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      }),
    });
    expect(body.length).toBeLessThan(8192);
    expect(await answer.text()).toContain('"reason":"invalid_input"');
  });

  it('judges one proof a request at most', async () => {
    const call = host();
    const { id } = await shared()
      .cs.createCaller({ kind: 'service' })
      .authorizationRequest.create({ ...transferRequest, subjectId: 'batched' });
    const path = 'countersign.authorizationRequest.check';
    const guess = { id, proof: { method: 'otp', code: '00000000' } };
    const answers = (await (
      await call(`${path},${path},${path}?batch=1`, { 0: guess, 1: guess, 2: guess })
    ).json()) as object[];
    expect(answers.filter((answer) => 'error' in answer)).toHaveLength(2);
  });

  it('lets nobody in whom the host names without a subject', async () => {
    const { cs } = shared();
    for (const actor of [null, undefined, { kind: 'subject', subjectId: '', sessionId: null } as const]) {
      const answer = await host()('countersign.method.list', undefined, cs.context(actor));
      expect(await answer.json()).toMatchObject({ error: { data: { reason: 'unauthenticated' } } });
    }
  });

  it('names what is missing in the log when the host forgot our context', async () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const answer = await host()('countersign.method.list', undefined, {});
    expect(answer.status).toBe(500);
    const { error } = (await answer.json()) as { error: CountersignErrorShape };
    expect(error.data).toMatchObject({
      reason: 'internal',
      details: { errorId: expect.any(String) as unknown },
    });
    expect(JSON.stringify(error)).not.toContain('spread');
    const [line] = written.mock.calls.map(([text]) => String(text));
    expect(line).toContain('MissingContextError');
    expect(line).toContain('spread cs.context(actor)');
    expect(line).toContain(String(error.data.details?.['errorId']));
    written.mockRestore();
  });
});
