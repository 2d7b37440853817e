import { otp } from '@countersign/core';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { AlwaysOnSampler, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createIds, systemClock, systemRandomness } from '../../../core/src/runtime.ts';
import { parseId } from '../../../core/src/id.ts';
import { traceOfRequest } from '../../src/telemetry/trace-of-request.ts';
import { startTestServer } from '../../testing/index.ts';
import { mailedCodes, refusalOf } from '../guard/approve.ts';
import { bankRouter, openLedger } from '../guard/bank.ts';
import { transfer, transferData, transferRequest, wrongCode } from '../support/transfer.ts';
import { keepSpans, toldBy } from './spans.ts';
import { leakIn, liveThrough } from './story.ts';

const parentBased = () => new ParentBasedSampler({ root: new AlwaysOnSampler() });
const traceIdOf = (id: string) => parseId('authorizationRequest', id)!.replaceAll('-', '');

describe('the story of a request', () => {
  it('is one trace, though its calls know nothing of each other', async () => {
    using kept = keepSpans({ sampler: parentBased() });
    await using server = await startTestServer({
      operations: { transfer },
      telemetry: { tracerProvider: kept.provider },
    });
    const { requestId } = await liveThrough(server);
    const spans = kept.spans();
    expect(new Set(spans.map((span) => span.spanContext().traceId))).toEqual(new Set([traceIdOf(requestId)]));
    const nameOf = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
    const under = (span: (typeof spans)[number]) =>
      nameOf.get(span.parentSpanContext?.spanId ?? '') ?? 'the request';
    expect(spans.map((span) => `${under(span)} > ${span.name}`).toSorted()).toEqual(
      [
        'the request > countersign.ask',
        'countersign.ask > countersign.deliver',
        'the request > countersign.grant',
        'countersign.grant > countersign.proof',
        'countersign.proof > countersign.proof.reserve',
        'countersign.proof > countersign.proof.judge',
        'the request > countersign.grant',
        'countersign.grant > countersign.proof',
        'countersign.proof > countersign.proof.reserve',
        'countersign.proof > countersign.proof.judge',
        'countersign.proof > countersign.proof.commit',
        'the request > countersign.consume',
      ].toSorted(),
    );
    const [granted] = kept.spans('countersign.grant').slice(-1);
    expect(granted?.attributes).toEqual({
      'countersign.request_id': requestId,
      'countersign.outcome': 'granted',
      'countersign.slug': 'transfer',
      'countersign.method': 'otp',
      'countersign.binding': 'server',
    });
  });

  it('goes on at a guard: asked there, proven elsewhere, used up there', async () => {
    using kept = keepSpans();
    const { method, approve } = mailedCodes();
    await using server = await startTestServer({
      methods: [method],
      operations: { transfer },
      telemetry: { tracerProvider: kept.provider },
    });
    await using ledger = await openLedger(server);
    const ada = { kind: 'subject', subjectId: 'ada', sessionId: 'session' } as const;
    const bank = () =>
      bankRouter(server.cs).createCaller({ ...server.cs.context(ada), em: ledger.orm.em.fork() });
    const { request } = await refusalOf(bank().transfer(transferData));
    await refusalOf(bank().transfer(transferData));
    await approve(server.cs, ada, request);
    await bank().transfer(transferData);
    const story = kept.spans().filter((span) => span.spanContext().traceId === traceIdOf(request.id));
    expect(story).toHaveLength(kept.spans().length);
    const outcomes = story
      .filter(({ name }) => /ask|grant|consume/.test(name))
      .map(({ name, attributes }) => `${name} ${String(attributes['countersign.outcome'])}`);
    expect(outcomes).toEqual([
      'countersign.ask created',
      'countersign.ask standing',
      'countersign.grant granted',
      'countersign.consume consumed',
    ]);
  });

  it('and the caller’s own trace name each other', async () => {
    using kept = keepSpans();
    await using server = await startTestServer({
      operations: { transfer },
      telemetry: { tracerProvider: kept.provider },
    });
    const tracer = kept.provider.getTracer('host');
    const id = await tracer.startActiveSpan('POST /transfer', async (span) => {
      const { id: made } = await server.cs.authorizationRequest.create(transferRequest);
      span.end();
      return made;
    });
    const [caller] = kept.spans('POST /transfer');
    const [ask] = kept.spans('countersign.ask');
    expect(ask?.spanContext().traceId).toBe(traceIdOf(id));
    expect(caller?.spanContext().traceId).not.toBe(traceIdOf(id));
    expect(ask?.links.map((link) => link.context.spanId)).toEqual([caller?.spanContext().spanId]);
    expect(caller?.links.map((link) => link.context.spanId)).toEqual([ask?.spanContext().spanId]);
  });

  it('goes to the global provider of the host, also when that is registered later', async () => {
    await using server = await startTestServer({ operations: { transfer } });
    await server.cs.authorizationRequest.create({ ...transferRequest, subjectId: 'before' });
    using kept = keepSpans({ isGlobal: true });
    await server.cs.authorizationRequest.create({ ...transferRequest, subjectId: 'after' });
    expect(kept.spans('countersign.ask')).toHaveLength(1);
  });
});

describe('a span', () => {
  it('has no code, token, subject, session, address or value of the data in it', async () => {
    using kept = keepSpans();
    await using server = await startTestServer({
      operations: { transfer },
      telemetry: { tracerProvider: kept.provider },
    });
    const stories = [await liveThrough(server), await liveThrough(server, 'not-declared')];
    const told = toldBy(kept.spans());
    expect(told).toContain('"countersign.slug":"other"');
    for (const story of stories) expect(leakIn(told, story)).toBeUndefined();
  });

  it('of what failed says the reason, and repeats no message and no stack', async () => {
    using kept = keepSpans();
    const secret = `canary-${randomBytes(8).toString('hex')}`;
    await using server = await startTestServer({
      operations: { transfer },
      telemetry: { tracerProvider: kept.provider },
      methods: [
        otp({
          send: () => Promise.reject(new Error(`refused: ${secret}`)),
        }),
      ],
    });
    await expect(server.cs.authorizationRequest.create(transferRequest)).rejects.toMatchObject({
      reason: 'delivery_failed',
    });
    const [ask] = kept.spans('countersign.ask');
    expect(ask?.attributes['countersign.outcome']).toBe('delivery_failed');
    expect(ask?.status.code).toBe(SpanStatusCode.ERROR);
    expect(ask?.events).toEqual([]);
    expect(toldBy(kept.spans())).not.toContain(secret);
  });

  it('of a refusal is no error: the answer was no', async () => {
    using kept = keepSpans();
    await using server = await startTestServer({
      operations: { transfer },
      telemetry: { tracerProvider: kept.provider },
    });
    const { cs } = server;
    const { id } = await cs.authorizationRequest.create(transferRequest);
    const consumed = { id, slug: 'transfer', subjectId: 'ada', data: transferData };
    await expect(cs.consume(consumed)).rejects.toMatchObject({ reason: 'not_granted' });
    const service = cs.createCaller({ kind: 'service' });
    const [message] = server.inbox.messages();
    const proof = { method: 'otp', code: wrongCode(message?.code ?? '') };
    await service.authorizationRequest.grant({ id, proof });
    expect(kept.spans('countersign.consume')[0]?.attributes['countersign.outcome']).toBe('not_granted');
    for (const span of kept.spans()) expect(span.status.code).toBe(SpanStatusCode.UNSET);
  });
});

describe('how many are traced', () => {
  it('is decided by the request alone, so by every node alike', () => {
    const ids = createIds(systemClock, systemRandomness);
    const many = Array.from({ length: 20_000 }, () => ids.uuid());
    const traced = many.filter((id) => traceOfRequest(id, 0.25).traceFlags === 1);
    expect(traced.length).toBeGreaterThan(4600);
    expect(traced.length).toBeLessThan(5400);
    for (const id of traced) expect(traceOfRequest(id, 0.5).traceFlags, id).toBe(1);
    expect(many.filter((id) => traceOfRequest(id, 0).traceFlags === 1)).toEqual([]);
    expect(many.filter((id) => traceOfRequest(id, 1).traceFlags !== 1)).toEqual([]);
    for (const id of many) expect(trace.isSpanContextValid(traceOfRequest(id, 1))).toBe(true);
  });

  it('is none of a share of zero', async () => {
    using kept = keepSpans({ sampler: parentBased() });
    await using server = await startTestServer({
      operations: { transfer },
      telemetry: { tracerProvider: kept.provider, tracedShare: 0 },
    });
    await liveThrough(server);
    expect(kept.spans()).toEqual([]);
  });

  it('can be left to a sampler of the host’s, which keeps a story or leaves all of it', async () => {
    using kept = keepSpans({ sampler: new TraceIdRatioBasedSampler(0.5) });
    await using server = await startTestServer({
      operations: { transfer },
      telemetry: { tracerProvider: kept.provider },
    });
    for (let turn = 0; turn < 12; turn += 1) await liveThrough(server);
    const sizes = new Map<string, number>();
    for (const span of kept.spans()) {
      const { traceId } = span.spanContext();
      sizes.set(traceId, (sizes.get(traceId) ?? 0) + 1);
    }
    expect(sizes.size).toBeLessThanOrEqual(12);
    for (const size of sizes.values()) expect(size).toBe(12);
  });
});
