import {
  CountersignError,
  formatId,
  silentSpan,
  type Span,
  type SpanAttributes,
  type Telemetry,
} from '@countersign/core';
import {
  context,
  SpanStatusCode,
  trace,
  type Context,
  type Span as OpenSpan,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { quietly } from './quietly.ts';
import { traceOfRequest } from './trace-of-request.ts';

export const scopeName = '@countersign/server';

/**
 * Spans by OpenTelemetry: to the provider that is given, or to the global one, whenever the host registers it. Without
 * one, nothing is made.
 *
 * A step of a request belongs to the trace of the request and not to the caller's, and each names the other: the step
 * has a link to the caller's span, and that one gets a link to the step.
 */
export function createSpans(provider: TracerProvider | undefined, share: number): Telemetry['span'] {
  const tracer = tracerOf(provider);
  return async (name, request, work) => {
    const found = tracer();
    if (found === null) return await work(silentSpan);
    const here = context.active();
    const caller = trace.getSpan(here);
    const story = request === null ? null : traceOfRequest(request, share);
    const isOutside = story !== null && caller?.spanContext().traceId !== story.traceId;
    const parent = isOutside ? trace.setSpanContext(here, story) : here;
    const links = isOutside && caller ? [{ context: caller.spanContext() }] : [];
    const attributes =
      request === null ? {} : { 'countersign.request_id': formatId('authorizationRequest', request) };
    const open = found.startSpan(`countersign.${name}`, { links, attributes }, parent);
    if (isOutside && open.isRecording()) caller?.addLink({ context: open.spanContext() });
    return await within(open, trace.setSpan(parent, open), work);
  };
}

async function within<Result>(
  open: OpenSpan,
  inside: Context,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  try {
    return await context.with(inside, () => work(spanOf(open)));
  } catch (error) {
    // Its reason and nothing else: a message or a stack may quote what came in.
    const reason = error instanceof CountersignError ? error.reason : 'internal';
    quietly(() => {
      open.setAttribute('countersign.outcome', reason);
      if (faults.has(reason)) open.setStatus({ code: SpanStatusCode.ERROR });
    });
    throw error;
  } finally {
    quietly(() => open.end());
  }
}

/** A refusal is an answer. These are none. */
const faults: ReadonlySet<string> = new Set(['internal', 'unavailable_dependency', 'delivery_failed']);

function spanOf(open: OpenSpan): Span {
  return {
    set(attributes: SpanAttributes) {
      quietly(() => {
        open.setAttributes(
          Object.fromEntries(
            Object.entries(attributes).map(([name, value]) => [`countersign.${name}`, value]),
          ),
        );
      });
    },
  };
}

interface MaybeWaiting extends TracerProvider {
  getDelegateTracer?(name: string): Tracer | undefined;
}

/** Null as long as nobody has registered a provider: then a step costs no more than this question. */
function tracerOf(given: TracerProvider | undefined): () => Tracer | null {
  let tracer: Tracer | null = given?.getTracer(scopeName) ?? null;
  return () => {
    if (tracer !== null) return tracer;
    const provider: MaybeWaiting = trace.getTracerProvider();
    // What stands in for one that is not registered yet says so; anything else is one.
    if (provider.getDelegateTracer !== undefined && provider.getDelegateTracer(scopeName) === undefined)
      return null;
    return (tracer = provider.getTracer(scopeName));
  };
}
