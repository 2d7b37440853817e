import type { MeterProvider as AnyMeterProvider } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';

/** Reads when it is asked to. */
class OnDemandReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Metrics of our own, and their text as Prometheus reads it: 0.0.4 of its text format. */
export interface Scrape {
  readonly meterProvider: AnyMeterProvider;
  text(): Promise<string>;
  close(): Promise<void>;
}

/** The exporter's own HTTP server is not started: `/metrics` is a path of ours. */
export function createScrape(): Scrape {
  const reader = new OnDemandReader();
  const meterProvider = new MeterProvider({ readers: [reader] });
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  return {
    meterProvider,
    async text() {
      const { resourceMetrics } = await reader.collect();
      return serializer.serialize(resourceMetrics);
    },
    close: () => meterProvider.shutdown(),
  };
}
