import type { Core, LabelsOf, MeasureName, Telemetry } from '@countersign/core';
import type { Attributes, MeterProvider, TracerProvider } from '@opentelemetry/api';
import { observeFigures } from './figures.ts';
import { createInstruments, type Instrument } from './instruments.ts';
import { streamsThatWait } from '../websocket/gate.ts';
import type { Measures } from './measures.ts';
import { watchProcess } from './process-figures.ts';
import { quietly } from './quietly.ts';
import { createScrape } from './scrape.ts';
import { createSpans, scopeName } from './spans.ts';

/** Where this process tells its numbers and spans. */
export interface ServerTelemetry extends Telemetry<Measures> {
  /** Something came (1) or went (-1). */
  change<Name extends MeasureName<Measures, 'level'>>(
    name: Name,
    labels: LabelsOf<Measures[Name]>,
    by: 1 | -1,
  ): void;
}

export interface TelemetrySettings {
  /** Whether there is a text for Prometheus. */
  readonly isScraped: boolean;
  readonly meterProvider?: MeterProvider | undefined;
  readonly tracerProvider?: TracerProvider | undefined;
  readonly tracedShare: number;
}

export interface RunningTelemetry {
  readonly telemetry: ServerTelemetry;
  /** As Prometheus reads it; null when nobody is to read it. */
  readonly text: (() => Promise<string>) | null;
  /** Begins to ask for what is asked when somebody looks. */
  observe(sources: { readonly core: Pick<Core, 'figures' | 'hearing'>; sockets(): number }): void;
  close(): Promise<void>;
}

/** Numbers go to a text of our own and to the provider that was given, whichever there are; spans to theirs. */
export function createTelemetry(settings: TelemetrySettings): RunningTelemetry {
  const scrape = settings.isScraped ? createScrape() : null;
  const providers = [scrape?.meterProvider, settings.meterProvider].filter((one) => one !== undefined);
  const told = providers.map((provider) => createInstruments(provider.getMeter(scopeName)));
  const tell = teller(told);
  const endings: (() => void)[] = [];
  return {
    telemetry: {
      add: (name, labels, by = 1) => tell(name, by, labels),
      observe: (name, value, labels) => tell(name, value, labels),
      change: (name, labels, by) => tell(name, by, labels),
      span: createSpans(settings.tracerProvider, settings.tracedShare),
    },
    text: scrape && (() => scrape.text()),
    observe({ core, sockets }) {
      if (providers.length === 0) return;
      const watched = watchProcess();
      endings.push(observeFigures(providers, { core, sockets, streamsThatWait, process: watched }), () =>
        watched.close(),
      );
    },
    async close() {
      for (const end of endings) end();
      await scrape?.close();
    },
  };
}

function teller(told: readonly ReadonlyMap<keyof Measures, Instrument>[]) {
  return (name: keyof Measures, value: number, labels: object): void => {
    for (const instruments of told) quietly(() => instruments.get(name)?.(value, labels as Attributes));
  };
}
