import {
  defaultLimits,
  limitBounds,
  retentionProblems,
  type Clock,
  type DatabaseOptions,
  type EventBus,
  type Limits,
  type Logger,
  type Method,
  type MethodRegistry,
  type Operation,
  type Randomness,
  type GivenRetention,
  type Secret,
  type TokenKeyService,
  type WhenRevocationsAreStale,
} from '@countersign/core';
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { z } from 'zod';
import type { PublicUrl } from './dpop/public-url.ts';
import { procedureNames, type ProcedureName } from './omit-procedures.ts';
import * as field from './settings/fields.ts';
import { SettingsError } from './settings/settings-error.ts';
import { pathName, wrongSettings } from './settings/wrong-settings.ts';
import { isNetwork } from './webhook/network.ts';

/** What `createCountersign` takes. Anything else is refused by name, so that a misspelling is no default. */
export interface CountersignOptions {
  /** Who asks, as people know it: "Acme Bank". */
  readonly issuer: string;
  /** Whom tokens are for, such as `bank.example`. */
  readonly audience: string;
  /** At least 32 random bytes in base64, or `{ active, previous }` while rotating. Keep it out of the database. */
  readonly secret: Secret | undefined;
  /** A PostgreSQL URL, or options of MikroORM. */
  readonly database: DatabaseOptions | undefined;
  readonly methods: readonly Method[] | MethodRegistry;
  /** From `defineOperation`, under any names of yours. */
  readonly operations?: Readonly<Record<string, Operation>>;
  /** Web origins whose pages may call over HTTP, such as `https://bank.example`; default none. */
  readonly origins?: readonly string[];
  /** The credential of services over HTTP: `csk_` and at least 32 characters. Without it nobody calls over HTTP. */
  readonly serviceKey?: string | undefined;
  /**
   * Whether this subject may act now, asked when one of its tokens is used, at most every ten seconds: an account
   * can be closed while its tokens last. Anything but `true` is no. Default: every subject may.
   */
  readonly subjectActive?: (subjectId: string) => boolean | Promise<boolean>;
  readonly scopedToken?: ScopedTokenSettings;
  /**
   * Procedures, or whole groups of them, that this deployment does not have: `['confirmation.request', 'factor']`. A
   * call of one is answered like any call of nothing. In process, `cs.core` still has them.
   *
   * To replace one, leave it out and offer a procedure of your own under a key of your own, which calls `cs.core` or
   * does something else. It cannot have the place of ours: tokens whose scope names ours would open yours.
   *
   * @example
   * ```ts
   * const cs = await createCountersign({ …options, procedures: { omit: ['method.list'] } });
   * const methods = t.router({ list: t.procedure.concat(cs.scoped).query(ourOwnList) });
   * const appRouter = t.router({ countersign: cs.router, bank: t.router({ methods }) });
   * ```
   */
  readonly procedures?: { readonly omit?: readonly ProcedureName[] };
  /**
   * Where clients reach this server, when a proxy stands between: `https://api.bank.example`, or a function of the
   * request. It is what a client's proof of its key names; without it only `localhost` is
   * known, and tokens that are bound to a key are refused elsewhere.
   */
  readonly publicUrl?: PublicUrl;
  /** How webhooks leave this process; `false` when others send them. */
  readonly webhooks?: WebhookSettings | false;
  /** The text for Prometheus at `/metrics`: see docs/guides/observe.md. */
  readonly metrics?: MetricsSettings;
  /**
   * Carries the log to all processes of an installation, for more of them than should ask one database: `natsBus(…)`, see
   * docs/guides/nats.md. Default none: each process asks by itself. It is closed with this.
   */
  readonly bus?: EventBus | undefined;
  /** OpenTelemetry of your own. Spans go to the global provider without it, metrics only to one that is given. */
  readonly telemetry?: TelemetryOptions;
  readonly limits?: Partial<Limits>;
  /** For how many days what is kept: see docs/guides/retention.md. */
  readonly retention?: GivenRetention;
  /** Bring the schema up to date at the start; default true. */
  readonly migrate?: boolean;
  /** Expire, from this process too, what nobody answered; default true. */
  readonly sweep?: boolean;
  /**
   * Hear at once what other processes on this database commit, over one connection more (LISTEN); default true. False
   * where connections come from a pooler that gives each transaction another one: everything is polled anyway.
   */
  readonly listen?: boolean;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly randomness?: Randomness;
}

/** Where webhooks may go: see docs/guides/webhooks.md. */
export interface WebhookSettings {
  /**
   * Networks of yours that may be reached although they are not public, such as `10.20.0.0/16`; default none. With
   * `127.0.0.0/8` an endpoint may be `http://localhost…` as well; in `countersign dev` it always may.
   */
  readonly allow?: readonly string[];
}

/** Who may read what this process counts. */
export interface MetricsSettings {
  /** Whether `/metrics` answers. Default no; in `countersign dev` yes, in `countersign serve` on loopback or with a token. */
  readonly enabled?: boolean | undefined;
  /** What a reader presents, `Authorization: Bearer …`; default nothing. At least 16 characters. */
  readonly token?: string | undefined;
}

export interface TelemetryOptions {
  readonly meterProvider?: MeterProvider;
  readonly tracerProvider?: TracerProvider;
  /** Share of authorization requests whose steps are traced, 0 to 1; default 1. The same requests on every node. */
  readonly tracedShare?: number;
}

/** How scoped tokens come, and who makes their keys. */
export interface ScopedTokenSettings {
  /** The authentication scheme they come by, `Authorization: Bearer cst1…`; default `Bearer`. */
  readonly scheme?: string;
  /** Further schemes, of clients that were written for another system, such as `TmpToken`; default none. */
  readonly legacySchemes?: readonly string[];
  /** A query parameter that may carry one that allows it (`car: 'q'`), in GET only; default null: none. */
  readonly queryParameter?: string | null;
  /** The request header in which your own routes find for whom a token was made; default `X-API-Token-Recipient`. */
  readonly recipientHeader?: string;
  /** What happens while revocations cannot be read; default `closed`: every token is refused. */
  readonly whenRevocationsAreStale?: WhenRevocationsAreStale;
  /** Supplies the keys instead of our table. */
  readonly keyService?: TokenKeyService;
  /** Tokens of `django.core.signing` that your own routes accept as well, for the time of a migration. */
  readonly django?: DjangoTokens;
}

/** See docs/guides/from-django-tokens.md. */
export interface DjangoTokens {
  /** Every secret a token may have been signed by: `SECRET_KEY` and `SECRET_KEY_FALLBACKS`. */
  readonly secrets: readonly string[];
  /** Default `django.core.signing`. */
  readonly salt?: string;
  /** Accept the hash of Django before 3.1; default false. */
  readonly allowSha1?: boolean;
  /** Match paths as the original did, by `startsWith`: then `/foo` opens `/foobar` as well. Default false. */
  readonly rawPrefixes?: boolean;
}

const named = (what: string) => z.string(what).min(1, what).max(200, what);
const given = <Value>(what: string, isOne: (value: unknown) => boolean) => z.custom<Value>(isOne, what);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const has = (name: string) => (value: unknown) => isObject(value) && typeof value[name] === 'function';

/** What PostgreSQL's `integer` holds: beyond, every statement with the limit in it would fail. */
const integerMax = 2_147_483_647;
const limitNames = Object.keys(defaultLimits) as [keyof Limits, ...(keyof Limits)[]];
/** RFC 9110, §11.1: a token. `DPoP` is always there, for tokens that are bound to a key. */
const scheme = z
  .string('an authentication scheme such as "Bearer"')
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,31}$/, 'an authentication scheme such as "Bearer"')
  .refine((name) => !/^(?:dpop|basic|digest)$/i.test(name), 'another scheme: this one means something else');
const reservedParameters = new Set(['input', 'batch', 'connectionParams', 'lastEventId']);
const methodsExpected = 'methods such as [otp({ send })]';
const procedureExpected = `one of our procedures or groups of them: ${procedureNames.join(', ')}`;
const networkExpected = 'networks such as 10.20.0.0/16 or fd12:3456::/32, written by their first address';
const publicUrlExpected = 'an http or https URL, or a function of the request';
const operationsExpected = 'operations from defineOperation, such as { transfer }';

export const optionsSchema = z.strictObject({
  issuer: named('a name that people know, of 1 to 200 characters'),
  audience: named('whom tokens are for, such as "bank.example"'),
  secret: field.secret,
  database: z.union(
    [field.databaseUrl, given<DatabaseOptions>('', isObject)],
    `${field.databaseExpected}, or options of MikroORM`,
  ),
  methods: given<CountersignOptions['methods']>(methodsExpected, (value) =>
    Array.isArray(value) ? value.every(has('verify')) : has('get')(value),
  ),
  operations: z
    .record(
      z.string(),
      given<Operation>(operationsExpected, (value) => isObject(value) && value['kind'] === 'operation'),
      operationsExpected,
    )
    .default({}),
  origins: field.origins.default([]),
  serviceKey: field.serviceKey.optional(),
  subjectActive: given<NonNullable<CountersignOptions['subjectActive']>>(
    'a function: (subjectId) => boolean',
    (value) => typeof value === 'function',
  ).optional(),
  scopedToken: z
    .strictObject({
      scheme: scheme.default('Bearer'),
      legacySchemes: z.array(scheme, 'schemes such as ["TmpToken"]').default([]),
      queryParameter: z
        .string('the name of a query parameter, or null')
        .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'the name of a query parameter, or null')
        .refine((name) => !reservedParameters.has(name), 'another name: tRPC uses this one')
        .nullable()
        .default(null),
      recipientHeader: z
        .string('the name of a header')
        .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'the name of a header')
        .default('X-API-Token-Recipient'),
      whenRevocationsAreStale: z
        .enum(['closed', 'database', 'queries'], '"closed", "database" or "queries"')
        .default('closed'),
      keyService: given<TokenKeyService>('a key service: { keys: () => … }', isObject).optional(),
      django: z
        .strictObject({
          secrets: z.array(z.string().min(1, 'no empty secret')).min(1, 'at least one secret'),
          salt: z.string().min(1, 'no empty salt').optional(),
          allowSha1: z.boolean('true or false').default(false),
          rawPrefixes: z.boolean('true or false').default(false),
        })
        .optional(),
    })
    .prefault({}),
  procedures: z
    .strictObject({
      omit: z.array(z.enum(procedureNames, procedureExpected), 'a list such as ["factor"]').default([]),
    })
    .prefault({}),
  publicUrl: z
    .union(
      [
        z.url({ protocol: /^https?$/, error: publicUrlExpected }),
        given<Exclude<PublicUrl, string>>('', (value) => typeof value === 'function'),
      ],
      publicUrlExpected,
    )
    .refine(
      (value) => typeof value !== 'string' || !/[?#@]/.test(value),
      'a URL without query, fragment and user',
    )
    .optional(),
  webhooks: z
    .union(
      [
        z.literal(false),
        z.strictObject({
          allow: z.array(z.string(networkExpected).refine(isNetwork, networkExpected)).default([]),
        }),
      ],
      'false, or { allow: ["10.20.0.0/16"] }',
    )
    .prefault({}),
  metrics: z
    .strictObject({
      enabled: z.boolean('true or false').optional(),
      token: field.metricsToken.optional(),
    })
    .prefault({}),
  telemetry: z
    .strictObject({
      meterProvider: given<MeterProvider>('a meter provider of OpenTelemetry', has('getMeter')).optional(),
      tracerProvider: given<TracerProvider>(
        'a tracer provider of OpenTelemetry',
        has('getTracer'),
      ).optional(),
      tracedShare: z.number('a number from 0 to 1').min(0, 'at least 0').max(1, 'at most 1').default(1),
    })
    .prefault({}),
  limits: z
    .partialRecord(
      z.enum(limitNames),
      z
        .number('a number')
        .int('a whole number')
        .min(0, 'no negative number')
        .max(integerMax, `at most ${integerMax}`),
    )
    .superRefine(refuseBeyondBounds)
    .default({}),
  retention: z
    .strictObject({
      requestDays: z.number('a number of days').optional(),
      confirmationDays: z.number('a number of days').optional(),
      archiveAfterDays: z.number('a number of days').optional(),
      eventDays: z.number('a number of days, or null').nullable().optional(),
      deliveryDays: z.number('a number of days').optional(),
    })
    .superRefine((retention, ctx) => {
      for (const { name, message } of retentionProblems(retention))
        ctx.addIssue({ code: 'custom', path: [name], message });
    })
    .default({}),
  migrate: z.boolean('true or false').default(true),
  sweep: z.boolean('true or false').default(true),
  listen: z.boolean('true or false').default(true),
  bus: given<EventBus>('a bus such as natsBus({ servers })', (value) =>
    ['publish', 'listen', 'close'].every((name) => has(name)(value)),
  ).optional(),
  logger: given<Logger>('a logger with debug, info, warn and error', (value) =>
    ['debug', 'info', 'warn', 'error'].every((name) => has(name)(value)),
  ).optional(),
  clock: given<Clock>('a clock: { now: () => Date }', has('now')).optional(),
  randomness: given<Randomness>(
    '{ bytes, integer }',
    (value) => has('bytes')(value) && has('integer')(value),
  ).optional(),
});

export type ParsedOptions = z.output<typeof optionsSchema>;

function refuseBeyondBounds(limits: Partial<Limits>, ctx: z.RefinementCtx): void {
  for (const name of limitNames) {
    const bound = limitBounds[name];
    const value = limits[name];
    if (bound === undefined || value === undefined) continue;
    if (value === 0) ctx.addIssue({ code: 'custom', path: [name], message: 'at least 1' });
    if (value <= bound) continue;
    ctx.addIssue({ code: 'custom', path: [name], message: `at most ${bound}` });
  }
}

/** @throws SettingsError naming every wrong option. */
export function parseOptions(options: CountersignOptions): ParsedOptions {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new SettingsError(wrongSettings(parsed.error, pathName));
}
