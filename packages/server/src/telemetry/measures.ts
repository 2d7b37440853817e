import { coreMeasures, declared, errorReasons, type Catalog } from '@countersign/core';

const machineBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

const streamKinds = ['event', 'request', 'other'] as const;

/** Everything that is measured, by its name without `countersign_`: the list that docs/guides/observe.md shows. */
export const measures = {
  ...coreMeasures,
  calls: {
    kind: 'counter',
    says: 'Calls of procedures, by what they were answered: ok, or the reason of the refusal.',
    labels: { procedure: declared, outcome: ['ok', ...errorReasons] },
  },
  call_seconds: {
    kind: 'histogram',
    says: 'Time of a call of a procedure; of a stream, until it began.',
    labels: { procedure: declared },
    bounds: machineBounds,
  },
  token_verifications: {
    kind: 'counter',
    says: 'Scoped tokens that were presented with a call or a connection, by the verdict.',
    labels: { verdict: ['accepted', 'refused', 'unknown'] },
  },
  streams: {
    kind: 'level',
    says: 'Streams that are open.',
    labels: { kind: streamKinds },
  },
  stream_events: {
    kind: 'counter',
    says: 'Events that were handed to streams.',
    labels: { kind: streamKinds },
  },
  stream_waits: {
    kind: 'gauge',
    says: 'Streams that wait until their reader has taken what was sent.',
    labels: {},
  },
  sockets: {
    kind: 'gauge',
    says: 'WebSockets that are open.',
    labels: {},
  },
  database_up: {
    kind: 'gauge',
    says: '1 when the figures of the database could be read, else 0; then those are missing.',
    labels: {},
  },
  database_connections: {
    kind: 'gauge',
    says: 'Connections of the pool of this process by what they do; waiting: calls without one.',
    labels: { state: ['in_use', 'idle', 'waiting'] },
  },
  database_connections_max: {
    kind: 'gauge',
    says: 'Connections that the pool of this process may have.',
    labels: {},
  },
  log_horizon_lag_seconds: {
    kind: 'gauge',
    says: 'How long the oldest event has waited that the log cannot show, since an older transaction of the cluster is open.',
    labels: {},
  },
  log_reader_lag_seconds: {
    kind: 'gauge',
    says: 'Age of the oldest event that the log shows and this process has not read.',
    labels: {},
  },
  log_reader_lag_events: {
    kind: 'gauge',
    says: 'Events that the log shows and this process has not read, counted up to 1,000.',
    labels: {},
  },
  wake_up_connected: {
    kind: 'gauge',
    says: '1 when this process hears at once of commits elsewhere (LISTEN), 0 when it only polls; missing where it does not listen.',
    labels: {},
  },
  bus_connected: {
    kind: 'gauge',
    says: '1 when this process hears its bus, 0 when it reads the database instead; missing where there is no bus.',
    labels: {},
  },
  sweep_lag_seconds: {
    kind: 'gauge',
    says: 'Since when nothing is known to be swept, by whichever process.',
    labels: {},
  },
  token_key_age_seconds: {
    kind: 'gauge',
    says: 'Age of the key that mints scoped tokens; missing where there is none.',
    labels: {},
  },
  subscriber_lag_seconds: {
    kind: 'gauge',
    says: 'Age of the oldest event behind the place of a durable subscriber.',
    labels: { subscriber: declared },
  },
  subscriber_lag_events: {
    kind: 'gauge',
    says: 'Events behind the place of a durable subscriber, whether they are for it or not, counted up to 1,000.',
    labels: { subscriber: declared },
  },
  subscriber_parked: {
    kind: 'gauge',
    says: '1 when a durable subscriber is parked and waits for an operator, else 0.',
    labels: { subscriber: declared },
  },
  subscriber_failures: {
    kind: 'gauge',
    says: 'How often the event that a durable subscriber stands at has failed in a row.',
    labels: { subscriber: declared },
  },
  webhook_endpoints: {
    kind: 'gauge',
    says: 'Webhook endpoints: active, or switched off because they were gone, kept failing, or an operator said so.',
    labels: { state: ['active', 'gone', 'failing', 'operator'] },
  },
  webhook_waiting: {
    kind: 'gauge',
    says: 'Deliveries that are owed to webhook endpoints, counted up to 10,000.',
    labels: {},
  },
  webhook_oldest_waiting_seconds: {
    kind: 'gauge',
    says: 'Age of the oldest delivery that is owed, among those that were counted.',
    labels: {},
  },
  process_event_loop_delay_seconds: {
    kind: 'gauge',
    says: 'How late the event loop was since somebody last looked.',
    labels: { statistic: ['median', 'p99', 'max'] },
  },
  process_event_loop_utilization: {
    kind: 'gauge',
    says: 'Share of the time, since somebody last looked, in which the event loop was busy.',
    labels: {},
  },
  process_memory_bytes: {
    kind: 'gauge',
    says: 'Memory of this process.',
    labels: { kind: ['resident', 'heap_used', 'heap_total', 'external'] },
  },
  process_start_time_seconds: {
    kind: 'gauge',
    says: 'When this process was started, in seconds since 1970.',
    labels: {},
  },
} as const satisfies Catalog;

export type Measures = typeof measures;

/** What a metric is called where it leaves. */
export function metricName(name: keyof Measures): string {
  return `countersign_${name}${measures[name].kind === 'counter' ? '_total' : ''}`;
}
