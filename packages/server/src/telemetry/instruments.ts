import type { Measure } from '@countersign/core';
import type { Attributes, Meter } from '@opentelemetry/api';
import { measures, type Measures } from './measures.ts';

/** Takes a number. What is asked when somebody looks has none: see `observeFigures`. */
export type Instrument = (value: number, labels: Attributes) => void;

/** An instrument of each measure that is told of what happens, in one meter. */
export function createInstruments(meter: Meter): ReadonlyMap<keyof Measures, Instrument> {
  const entries = Object.entries(measures) as [keyof Measures, Measure][];
  return new Map(
    entries.flatMap(([name, measure]) => {
      const instrument = instrumentOf(meter, name, measure);
      return instrument === null ? [] : [[name, instrument] as const];
    }),
  );
}

function instrumentOf(meter: Meter, name: string, measure: Measure): Instrument | null {
  const { kind, says, bounds } = measure;
  const named = `countersign.${name}`;
  switch (kind) {
    case 'counter': {
      const counter = meter.createCounter(named, { description: says });
      for (const labels of everyLabelling(measure)) counter.add(0, labels);
      return (value, labels) => counter.add(value, labels);
    }
    case 'level': {
      const level = meter.createUpDownCounter(named, { description: says });
      for (const labels of everyLabelling(measure)) level.add(0, labels);
      return (value, labels) => level.add(value, labels);
    }
    case 'histogram': {
      const advice = bounds && { advice: { explicitBucketBoundaries: [...bounds] } };
      const histogram = meter.createHistogram(named, { description: says, unit: 's', ...advice });
      return (value, labels) => histogram.record(value, labels);
    }
    case 'gauge':
      return null;
  }
}

/**
 * Where all labels are from lists, every series is there from the start: a rate over one that begins at 1 would miss its
 * first event. None where a label is what the installation declares.
 */
function everyLabelling({ labels }: Measure): Attributes[] {
  let all: Attributes[] = [{}];
  for (const [label, values] of Object.entries(labels)) {
    if (typeof values === 'string') return [];
    all = all.flatMap((one) => values.map((value) => ({ ...one, [label]: value })));
  }
  return all;
}
