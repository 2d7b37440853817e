import {
  defaultLimits,
  limitBounds,
  type Clock,
  type DatabaseOptions,
  type Limits,
  type Logger,
  type Method,
  type MethodRegistry,
  type Operation,
  type Randomness,
  type Secret,
} from '@countersign/core';
import { z } from 'zod';
import * as field from './settings/fields.ts';
import { SettingsError } from './settings/settings-error.ts';
import { pathName, wrongSettings } from './settings/wrong-settings.ts';

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
  readonly limits?: Partial<Limits>;
  /** Bring the schema up to date at the start; default true. */
  readonly migrate?: boolean;
  /** Expire, from this process too, what nobody answered; default true. */
  readonly sweep?: boolean;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly randomness?: Randomness;
}

const named = (what: string) => z.string(what).min(1, what).max(200, what);
const given = <Value>(what: string, isOne: (value: unknown) => boolean) => z.custom<Value>(isOne, what);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const has = (name: string) => (value: unknown) => isObject(value) && typeof value[name] === 'function';

/** What PostgreSQL's `integer` holds: beyond, every statement with the limit in it would fail. */
const integerMax = 2_147_483_647;
const limitNames = Object.keys(defaultLimits) as [keyof Limits, ...(keyof Limits)[]];
const methodsExpected = 'methods such as [otp({ send })]';
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
  migrate: z.boolean('true or false').default(true),
  sweep: z.boolean('true or false').default(true),
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
