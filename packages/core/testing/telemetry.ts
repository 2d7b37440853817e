import type { CoreMeasures, MeasureName, SpanAttributes, SpanName, Telemetry } from '../src/telemetry.ts';

export interface RecordedSpan {
  readonly name: SpanName;
  readonly request: string | null;
  readonly attributes: SpanAttributes;
}

/** Keeps what it is told. */
export interface RecordedTelemetry extends Telemetry {
  /** `name{label="value"}` and its sum; of a histogram, how often. */
  counts(name?: MeasureName<CoreMeasures, 'counter' | 'histogram'>): Readonly<Record<string, number>>;
  readonly spans: readonly RecordedSpan[];
}

export function recordTelemetry(): RecordedTelemetry {
  const counts = new Map<string, number>();
  const spans: RecordedSpan[] = [];
  const count = (name: keyof CoreMeasures, labels: object, by: number) => {
    const series = `${name}{${Object.entries(labels)
      .map(([label, value]) => `${label}="${String(value)}"`)
      .join(',')}}`;
    counts.set(series, (counts.get(series) ?? 0) + by);
  };
  return {
    spans,
    add: (name, labels, by = 1) => count(name, labels, by),
    observe: (name, _value, labels) => count(name, labels, 1),
    async span(name, request, work) {
      const span = { name, request, attributes: {} };
      spans.push(span);
      return await work({ set: (attributes) => void Object.assign(span.attributes, attributes) });
    },
    counts: (name) =>
      Object.fromEntries(
        [...counts].filter(([series]) => name === undefined || series.startsWith(`${name}{`)),
      ),
  };
}
