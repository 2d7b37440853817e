import { bindings, type Binding } from './binding.ts';

/**
 * What may be told to whoever watches the installation: numbers and spans, all from closed lists. A label's value is one
 * of a list, or something that the installation itself declares (an operation, a method, a subscriber): never an id, an
 * address or a text that came in, so that neither a secret nor a million series can get there (I18).
 */
export interface Measure {
  /** A gauge is asked when somebody looks; a level is changed when something comes or goes. */
  readonly kind: 'counter' | 'histogram' | 'level' | 'gauge';
  readonly says: string;
  readonly labels: Readonly<Record<string, readonly string[] | typeof declared>>;
  /** Of a histogram: the upper bounds of its buckets. */
  readonly bounds?: readonly number[];
}

export type Catalog = Readonly<Record<string, Measure>>;

/** The value of a label that is not from a list: what the installation declares. Made here alone. */
export type Declared = string & { readonly __declared: true };

export const declared = 'declared';

const becomes = [
  'created',
  'challenged',
  'reset',
  'granted',
  'denied',
  'cancelled',
  'expired',
  'consumed',
] as const;
const denials = ['none', 'declined', 'not_me', 'attempts_exhausted'] as const;

/** From a fraction of a second to the hour that a request lives at most. */
const humanBounds = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600] as const;
const machineBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** What core counts and times. The unit stands last in a name. */
export const coreMeasures = {
  requests: {
    kind: 'counter',
    says: 'Authorization requests by what became of them, counted by the node that wrote it, after its commit.',
    labels: { outcome: becomes, slug: declared, method: declared, reason: denials },
  },
  grant_seconds: {
    kind: 'histogram',
    says: 'Time from the creation of a request to its grant.',
    labels: { slug: declared, method: declared, binding: bindings },
    bounds: humanBounds,
  },
  consume_seconds: {
    kind: 'histogram',
    says: 'Time from the grant of a request to its consumption.',
    labels: { slug: declared },
    bounds: [0.1, 0.5, ...humanBounds],
  },
  proofs: {
    kind: 'counter',
    says: 'Proofs that were judged, each after its attempt was spent.',
    labels: {
      verdict: ['right', 'wrong'],
      method: declared,
      about: ['authorization_request', 'confirmation'],
    },
  },
  locks: {
    kind: 'counter',
    says: 'Subjects and factors that wrong proofs have locked.',
    labels: { kind: ['subject', 'factor'], method: declared },
  },
  deliveries: {
    kind: 'counter',
    says: 'Messages with a code, by what became of handing them to the carrier.',
    labels: { outcome: ['sent', 'failed', 'late'], channel: ['email', 'sms', 'other'] },
  },
  delivery_seconds: {
    kind: 'histogram',
    says: 'Time that the carrier took to take a message, or to fail.',
    labels: { outcome: ['sent', 'failed', 'late'] },
    bounds: machineBounds,
  },
  job_runs: {
    kind: 'counter',
    says: 'Runs of the background jobs; busy: another node is at it.',
    labels: { job: ['sweep', 'reseal', 'retention'], outcome: ['done', 'busy', 'failed'] },
  },
  job_rows: {
    kind: 'counter',
    says: 'Rows that a background job has written or removed.',
    labels: { job: ['sweep', 'reseal', 'retention'] },
  },
  job_seconds: {
    kind: 'histogram',
    says: 'Time of one run of a background job that did something.',
    labels: { job: ['sweep', 'reseal', 'retention'] },
    bounds: machineBounds,
  },
  subscriber_batches: {
    kind: 'counter',
    says: 'Batches that a durable subscriber was given, by what became of them.',
    labels: { subscriber: declared, outcome: ['done', 'failed', 'parked'] },
  },
  subscriber_events: {
    kind: 'counter',
    says: 'Events that a durable subscriber has taken.',
    labels: { subscriber: declared },
  },
  subscriber_batch_seconds: {
    kind: 'histogram',
    says: 'Time that a durable subscriber took for a batch, failed ones too.',
    labels: { subscriber: declared },
    bounds: machineBounds,
  },
  webhook_tries: {
    kind: 'counter',
    says: 'Tries to deliver to a webhook endpoint; rejected: it answered with anything but success.',
    labels: { outcome: ['delivered', 'rejected', 'unreachable'] },
  },
  webhook_try_seconds: {
    kind: 'histogram',
    says: 'Time of one try to deliver to a webhook endpoint.',
    labels: { outcome: ['delivered', 'rejected', 'unreachable'] },
    bounds: machineBounds,
  },
} as const satisfies Catalog;

export type CoreMeasures = typeof coreMeasures;

export type MeasureName<Measures extends Catalog, Kind extends Measure['kind']> = {
  [Name in keyof Measures]: Measures[Name]['kind'] extends Kind ? Name : never;
}[keyof Measures];

export type LabelsOf<Of extends Measure> = {
  readonly [Name in keyof Of['labels']]: Of['labels'][Name] extends readonly (infer Value)[]
    ? Value
    : Declared;
};

/** A step in the story of one authorization request; `countersign.` before each where it leaves. */
export const spanNames = [
  'ask',
  'challenge',
  'reset',
  'check',
  'grant',
  'proof',
  'proof.reserve',
  'proof.judge',
  'proof.commit',
  'deny',
  'cancel',
  'consume',
  'deliver',
  'webhook',
  'subscriber',
] as const;
export type SpanName = (typeof spanNames)[number];

/** All that a span can say of itself. No subject, no session, no data, no proof. */
export interface SpanAttributes {
  readonly outcome?: string;
  readonly slug?: Declared;
  readonly method?: Declared;
  readonly binding?: Binding;
  readonly subscriber?: Declared;
  readonly events?: number;
}

export interface Span {
  set(attributes: SpanAttributes): void;
}

/** Where numbers and spans go; silent unless somebody listens. Never throws, never waits. */
export interface Telemetry<Measures extends Catalog = CoreMeasures> {
  add<Name extends MeasureName<Measures, 'counter'>>(
    name: Name,
    labels: LabelsOf<Measures[Name]>,
    by?: number,
  ): void;
  observe<Name extends MeasureName<Measures, 'histogram'>>(
    name: Name,
    value: number,
    labels: LabelsOf<Measures[Name]>,
  ): void;
  /**
   * Runs `work` as one step in the story of a request (its UUID), or of nothing that has a story. All steps of a request
   * make one trace, whichever node and whichever call they happen in.
   */
  span<Result>(
    name: SpanName,
    request: string | null,
    work: (span: Span) => Promise<Result>,
  ): Promise<Result>;
}

export const silentSpan: Span = { set() {} };

export const silentTelemetry: Telemetry<Catalog> = {
  add() {},
  observe() {},
  span: (_name, _request, work) => work(silentSpan),
};

/** What stands for everything that is not declared: one series, whatever comes in. */
const other = 'other' as Declared;
const none = 'none' as Declared;
const several = 'several' as Declared;

interface Registries {
  readonly operations: { get(slug: string): unknown };
  readonly methods: { get(key: string): unknown };
}

/** A slug that is defined, or one of ours, which nobody else's can look like; any other is one of many. */
export function declaredSlug({ operations }: Pick<Registries, 'operations'>, slug: string): Declared {
  const isKnown = slug.startsWith('countersign.') || operations.get(slug) !== undefined;
  return isKnown ? (slug as Declared) : other;
}

/** Null: none was asked for. */
export function declaredMethod({ methods }: Pick<Registries, 'methods'>, key: string | null): Declared {
  if (key === null) return none;
  return methods.get(key) === undefined ? other : (key as Declared);
}

/** Of a request that may be answered in these ways, and is challenged by this one. */
export function methodAsked(
  registries: Pick<Registries, 'methods'>,
  {
    methods,
    challenge,
  }: { readonly methods: readonly string[]; readonly challenge: { readonly method: string } | null },
): Declared {
  if (challenge === null && methods.length > 1) return several;
  return declaredMethod(registries, challenge?.method ?? methods[0] ?? null);
}

/** A name that this installation's own code gives, such as a subscriber's. */
export function declaredName(name: string): Declared {
  return name as Declared;
}

export function declaredChannel(channel: string): 'email' | 'sms' | 'other' {
  return channel === 'email' || channel === 'sms' ? channel : 'other';
}
