import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
  type Sampler,
} from '@opentelemetry/sdk-trace';

/** A provider whose spans are kept, and the context of calls, as an SDK of a host's registers it. */
export interface KeptSpans extends Disposable {
  readonly provider: TracerProvider;
  /** Those that have ended; with a name, only these. */
  spans(name?: string): ReadableSpan[];
}

export function keepSpans({
  sampler,
  isGlobal = false,
}: { sampler?: Sampler; isGlobal?: boolean } = {}): KeptSpans {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
    ...(sampler && { sampler }),
  });
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  if (isGlobal) trace.setGlobalTracerProvider(provider);
  return {
    provider,
    spans: (name) => exporter.getFinishedSpans().filter((span) => name === undefined || span.name === name),
    [Symbol.dispose]() {
      context.disable();
      if (isGlobal) trace.disable();
    },
  };
}

/** All that a span tells: its name, attributes, events, links, status. */
export function toldBy(spans: readonly ReadableSpan[]): string {
  return JSON.stringify(
    spans.map(({ name, attributes, events, links, status, resource }) => ({
      name,
      attributes,
      events,
      links,
      status,
      resource: resource.attributes,
    })),
  );
}
