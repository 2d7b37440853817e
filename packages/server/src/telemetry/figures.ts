import {
  declaredName,
  type Core,
  type Declared,
  type Figures,
  type Hearing,
  type LabelsOf,
  type MeasureName,
} from '@countersign/core';
import type { BatchObservableResult, MeterProvider, ObservableGauge } from '@opentelemetry/api';
import { measures, type Measures } from './measures.ts';
import type { ProcessFigures } from './process-figures.ts';
import { scopeName } from './spans.ts';

type Gauge = MeasureName<Measures, 'gauge'>;

/** What is asked when somebody looks. */
export interface FigureSources {
  readonly core: Pick<Core, 'figures' | 'hearing'>;
  readonly process: { take(): ProcessFigures };
  sockets(): number;
  streamsThatWait(): number;
}

/** Somebody who looks twice within a moment, or two who look at once, cost one statement. */
const keptMilliseconds = 2000;

/** Adds the gauges to each of these providers; returns what takes them away again. */
export function observeFigures(providers: readonly MeterProvider[], sources: FigureSources): () => void {
  const databaseFigures = keptFor(keptMilliseconds, () => sources.core.figures().catch(() => null));
  const processFigures = keptFor(keptMilliseconds, async () => sources.process.take());
  const removers = providers.map((provider) => {
    const meter = provider.getMeter(scopeName);
    const names = (Object.keys(measures) as (keyof Measures)[]).filter(isGauge);
    const gauges = new Map(
      names.map((name) => [
        name,
        meter.createObservableGauge(`countersign.${name}`, { description: measures[name].says }),
      ]),
    );
    const observe = async (result: BatchObservableResult) => {
      const tell = teller(result, gauges);
      tell('sockets', sources.sockets(), {});
      tell('stream_waits', sources.streamsThatWait(), {});
      tellHearing(tell, sources.core.hearing());
      tellProcess(tell, await processFigures());
      tellDatabase(tell, await databaseFigures());
    };
    meter.addBatchObservableCallback(observe, [...gauges.values()]);
    return () => meter.removeBatchObservableCallback(observe, [...gauges.values()]);
  });
  return () => removers.forEach((remove) => remove());
}

function isGauge(name: keyof Measures): name is Gauge {
  return measures[name].kind === 'gauge';
}

type Tell = <Name extends Gauge>(name: Name, value: number, labels: LabelsOf<Measures[Name]>) => void;

function teller(result: BatchObservableResult, gauges: ReadonlyMap<Gauge, ObservableGauge>): Tell {
  return (name, value, labels) => {
    const gauge = gauges.get(name);
    if (gauge) result.observe(gauge, value, labels);
  };
}

function tellProcess(
  tell: Tell,
  { delaySeconds, utilization, memory, startedAtSeconds }: ProcessFigures,
): void {
  tell('process_event_loop_delay_seconds', delaySeconds.median, { statistic: 'median' });
  tell('process_event_loop_delay_seconds', delaySeconds.p99, { statistic: 'p99' });
  tell('process_event_loop_delay_seconds', delaySeconds.max, { statistic: 'max' });
  tell('process_event_loop_utilization', utilization, {});
  tell('process_memory_bytes', memory.rss, { kind: 'resident' });
  tell('process_memory_bytes', memory.heapUsed, { kind: 'heap_used' });
  tell('process_memory_bytes', memory.heapTotal, { kind: 'heap_total' });
  tell('process_memory_bytes', memory.external, { kind: 'external' });
  tell('process_start_time_seconds', startedAtSeconds, {});
}

function tellHearing(tell: Tell, { isWokenUp, isFedByBus }: Hearing): void {
  if (isWokenUp !== null) tell('wake_up_connected', isWokenUp ? 1 : 0, {});
  if (isFedByBus !== null) tell('bus_connected', isFedByBus ? 1 : 0, {});
}

function tellDatabase(tell: Tell, figures: Figures | null): void {
  tell('database_up', figures === null ? 0 : 1, {});
  if (figures === null) return;
  const { connections, subscribers, webhooks } = figures;
  tell('database_connections', connections.inUse, { state: 'in_use' });
  tell('database_connections', connections.idle, { state: 'idle' });
  tell('database_connections', connections.waiting, { state: 'waiting' });
  tell('database_connections_max', connections.max, {});
  tell('log_horizon_lag_seconds', figures.logHorizonLagSeconds, {});
  tell('log_reader_lag_seconds', figures.logReaderLagSeconds, {});
  tell('log_reader_lag_events', figures.logReaderLagEvents, {});
  tell('sweep_lag_seconds', figures.sweepLagSeconds, {});
  if (figures.tokenKeyAgeSeconds !== null) tell('token_key_age_seconds', figures.tokenKeyAgeSeconds, {});
  for (const { name, lagSeconds, lagEvents, isParked, failures } of subscribers) {
    const subscriber: { readonly subscriber: Declared } = { subscriber: declaredName(name) };
    tell('subscriber_lag_seconds', lagSeconds, subscriber);
    tell('subscriber_lag_events', lagEvents, subscriber);
    tell('subscriber_parked', isParked ? 1 : 0, subscriber);
    tell('subscriber_failures', failures, subscriber);
  }
  for (const state of measures.webhook_endpoints.labels.state)
    tell('webhook_endpoints', webhooks[state], { state });
  tell('webhook_waiting', webhooks.waiting, {});
  tell('webhook_oldest_waiting_seconds', webhooks.oldestWaitingSeconds, {});
}

function keptFor<Result>(milliseconds: number, ask: () => Promise<Result>): () => Promise<Result> {
  let answer: Promise<Result> | null = null;
  let until = 0;
  return async () => {
    const now = performance.now();
    if (answer === null || now >= until) {
      until = now + milliseconds;
      answer = ask();
    }
    return await answer;
  };
}
