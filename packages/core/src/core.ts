import type { Actor } from './actor.ts';
import * as request from './authorization-request/index.ts';
import { watchAuthorizationRequest } from './authorization-request/watch.ts';
import { createWatches } from './authorization-request/watches.ts';
import type { CoreContext, CoreServices } from './context.ts';
import { awayError } from './database/failure.ts';
import { migrate, pendingMigrations } from './database/migrate.ts';
import { openDatabase, type DatabaseOptions } from './database/orm.ts';
import { CountersignError } from './error.ts';
import { establishEpoch } from './event/epoch.ts';
import { listEvents } from './event/list.ts';
import { followLog, type LogReader } from './event/log-reader.ts';
import { streamEvents } from './event/stream.ts';
import { createKeys, type Secret } from './keys.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { startSweeper } from './maintenance/sweeper.ts';
import type { Method } from './method/define.ts';
import { createMethodRegistry, listMethods, type MethodRegistry } from './method/registry.ts';
import type { Operation } from './operation/define.ts';
import { createOperationRegistry } from './operation/registry.ts';
import type { Clock, Logger, Randomness } from './ports.ts';
import { createIds, silentLogger, systemClock, systemRandomness } from './runtime.ts';
import { checkHealth, type Health } from './health.ts';

export interface CoreOptions {
  /** A PostgreSQL URL, or options of MikroORM for one. */
  readonly database: DatabaseOptions;
  readonly secret: Secret;
  readonly methods: readonly Method[] | MethodRegistry;
  readonly operations?: readonly Operation[];
  readonly limits?: Partial<Limits>;
  /** Whether to bring the schema up to date first; default true. When false an old schema is an error. */
  readonly migrate?: boolean;
  /** Whether this process also expires what nobody answered; default true. One process at a time does. */
  readonly sweep?: boolean;
  readonly clock?: Clock;
  readonly randomness?: Randomness;
  readonly logger?: Logger;
}

/** An operation that needs what is opened once for the process, without that parameter. */
type Bound<Verb> = Verb extends (context: CoreContext, shared: infer _, ...rest: infer Rest) => infer Result
  ? (context: CoreContext, ...rest: Rest) => Result
  : never;

/** The domain, opened on one database. */
export interface Core {
  /** One call by one actor. */
  context(actor: Actor): CoreContext;
  readonly authorizationRequest: typeof request & { readonly watch: Bound<typeof watchAuthorizationRequest> };
  readonly method: { list(context: CoreContext): ReturnType<typeof listMethods> };
  readonly event: {
    readonly list: typeof listEvents;
    readonly stream: Bound<typeof streamEvents>;
    readonly reader: LogReader;
  };
  /** The migrations that this start has applied, by name. */
  readonly migrated: readonly string[];
  health(): Promise<Health>;
  close(): Promise<void>;
}

/**
 * Opens the domain: connects, migrates, starts the one background job.
 *
 * @example
 * ```ts
 * const core = await openCore({ database: process.env.DATABASE_URL, secret, methods: [otp({ send })] });
 * const context = core.context({ kind: 'service' });
 * const request = await core.authorizationRequest.create(context, { slug: 'transfer', subjectId: 'ada', data });
 * ```
 * @throws CountersignError `unavailable_dependency` when the database cannot be reached.
 */
export async function openCore(options: CoreOptions): Promise<Core> {
  const clock = options.clock ?? systemClock;
  const randomness = options.randomness ?? systemRandomness;
  const logger = options.logger ?? silentLogger;
  const keys = createKeys(options.secret);
  const methods = Array.isArray(options.methods)
    ? createMethodRegistry(options.methods as readonly Method[])
    : (options.methods as MethodRegistry);
  const operations = createOperationRegistry(options.operations ?? []);
  const database = await openDatabase(options.database, logger);
  try {
    const migrated = options.migrate === false ? [] : await migrate(database);
    if (options.migrate === false && (await pendingMigrations(database)).length > 0)
      throw new CountersignError('unavailable_dependency', {
        cause: new Error('the schema is older than this program; run `countersign migrate`'),
      });
    await establishEpoch(database);
    const reader = await followLog({ database, logger });
    const watches = createWatches({ database, clock, logger });
    const services: CoreServices = {
      clock,
      randomness,
      ids: createIds(clock, randomness),
      logger,
      keys,
      limits: { ...defaultLimits, ...givenOnly(options.limits ?? {}) },
      methods,
      operations,
      database,
      wake(changed) {
        reader.wake();
        watches.wake(changed);
      },
    };
    const sweeper = options.sweep === false ? null : startSweeper(services);
    return {
      context: (actor) => ({ ...services, actor, db: database.pool }),
      authorizationRequest: {
        ...request,
        watch: (context, ...rest) => watchAuthorizationRequest(context, watches, ...rest),
      },
      method: { list: () => listMethods(methods) },
      event: {
        list: listEvents,
        stream: (context, ...rest) => streamEvents(context, reader, ...rest),
        reader,
      },
      migrated,
      health: () => checkHealth(database),
      async close() {
        await sweeper?.stop();
        await Promise.all([reader.close(), watches.close()]);
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw awayError(error);
  }
}

/** A limit that is undefined was not given; it does not take the default away. */
function givenOnly(limits: Partial<Limits>): Partial<Limits> {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
