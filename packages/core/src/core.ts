import type { Actor } from './actor.ts';
import { consumeAuthorizationRequest } from './authorization-request/consume.ts';
import * as request from './authorization-request/index.ts';
import { operationData } from './authorization-request/operation-data.ts';
import type { Receipt } from './authorization-request/schema.ts';
import { watchAuthorizationRequest } from './authorization-request/watch.ts';
import { createWatches } from './authorization-request/watches.ts';
import { confirmationsBy, type Confirmations } from './confirmation/confirmations.ts';
import type { CoreContext, CoreServices, PresentedToken } from './context.ts';
import { awayError } from './database/failure.ts';
import { migrate, pendingMigrations } from './database/migrate.ts';
import { openDatabase, type DatabaseOptions } from './database/orm.ts';
import type { TransactionHandle } from './database/transaction.ts';
import { diagnose, type Diagnosis } from './diagnosis/diagnose.ts';
import { CountersignError } from './error.ts';
import { takeFigures, type Figures } from './figures.ts';
import { openBusMessages } from './event/bus-message.ts';
import type { EventBus } from './event/bus.ts';
import { establishEpoch } from './event/epoch.ts';
import type { Hearing } from './event/hearing.ts';
import { listEvents } from './event/list.ts';
import { followLog, type LogReader } from './event/log-reader.ts';
import { startRelay } from './event/relay.ts';
import { streamEvents } from './event/stream.ts';
import { joinNodes } from './event/wake-up/node.ts';
import { startSubscriber, type RunningSubscriber } from './event/subscriber/start.ts';
import type { Subscription } from './event/subscriber/subscription.ts';
import { authenticateDevice } from './factor-management/device/authenticate.ts';
import * as devices from './factor-management/device/index.ts';
import { createDeviceRefusals } from './factor-management/device/refusals.ts';
import { registerDevice } from './factor-management/device/register.ts';
import { revokeDevice } from './factor-management/device/revoke.ts';
import * as factors from './factor-management/index.ts';
import * as guard from './guard/index.ts';
import { createKeys, type Secret } from './keys.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { startResealer } from './maintenance/resealer.ts';
import { startRetainer } from './maintenance/retainer.ts';
import { retentionOf, type GivenRetention } from './maintenance/retention.ts';
import { startSweeper } from './maintenance/sweeper.ts';
import type { Method } from './method/define.ts';
import { createMethodRegistry, type MethodRegistry } from './method/registry.ts';
import type { Operation } from './operation/define.ts';
import { configureMethod } from './method-configuration/configure.ts';
import { createMethodConfigurations } from './method-configuration/current.ts';
import { listMethods } from './method-configuration/list.ts';
import { removeMethod } from './method-configuration/remove.ts';
import { createOperationRegistry } from './operation/registry.ts';
import type { Clock, Logger, Randomness } from './ports.ts';
import { createIds, silentLogger, systemClock, systemRandomness } from './runtime.ts';
import { checkHealth, type Health } from './health.ts';
import type { AcceptedToken } from './scoped-token/cst1/accepted-token.ts';
import { introspectScopedToken } from './scoped-token/introspect.ts';
import { issueScopedToken } from './scoped-token/issue.ts';
import { listTokenKeys } from './scoped-token/key/list.ts';
import type { TokenKeyService } from './scoped-token/key/source.ts';
import { listScopedTokens } from './scoped-token/list.ts';
import { payWithToken, type PaidCall } from './scoped-token/pay.ts';
import { createRejectionLog, type RejectionLog } from './scoped-token/reject.ts';
import { revokeTokenKey } from './scoped-token/revoke-key.ts';
import { revokeScopedTokens } from './scoped-token/revoke.ts';
import { rotateTokenKeys } from './scoped-token/rotate-keys.ts';
import { createTokenTrust } from './scoped-token/trust.ts';
import {
  createTokenVerifier,
  type TokenVerifier,
  type WhenRevocationsAreStale,
} from './scoped-token/verifier.ts';
import { createServiceKey } from './service-key/create.ts';
import { listServiceKeys } from './service-key/list.ts';
import { revokeServiceKey } from './service-key/revoke.ts';
import { createServiceKeyTrust, type ServiceKeyTrust } from './service-key/trust.ts';
import { unlock } from './subject/unlock.ts';
import { silentTelemetry, type Telemetry } from './telemetry.ts';
import * as subscriber from './subscriber/index.ts';
import { createWebhook } from './webhook/create.ts';
import * as webhook from './webhook/index.ts';
import type { WebhookOptions } from './webhook/settings.ts';
import { startWebhooks } from './webhook/start.ts';
import { testWebhook } from './webhook/test.ts';
import { updateWebhook } from './webhook/update.ts';

export interface CoreOptions {
  /** A PostgreSQL URL, or options of MikroORM for one. */
  readonly database: DatabaseOptions;
  readonly secret: Secret;
  readonly methods: readonly Method[] | MethodRegistry;
  /** Who asks, as people know it: authenticator apps and passkey dialogs show it. Default `Countersign`. */
  readonly issuer?: string;
  readonly operations?: readonly Operation[];
  readonly limits?: Partial<Limits>;
  /** For how many days what is kept; what is left out is the default. */
  readonly retention?: GivenRetention;
  readonly scopedToken?: ScopedTokenOptions;
  /** Whether to bring the schema up to date first; default true. When false an old schema is an error. */
  readonly migrate?: boolean;
  /**
   * Whether this process also expires what nobody answered, archives and deletes what is old, and seals anew what an
   * earlier secret has sealed; default true. One process at a time does.
   */
  readonly sweep?: boolean;
  /**
   * Whether processes on this database tell each other at once what they have committed, over one connection more
   * (LISTEN, NOTIFY); default true. When false this one neither tells nor hears: it polls, as it does anyway.
   */
  readonly listen?: boolean;
  /**
   * Carries the log from one process to all of them, such as `natsBus` of the server: for more processes than should ask
   * the database. It is closed with core; default none.
   */
  readonly bus?: EventBus | undefined;
  /** Sends webhooks from this process; without it nothing is sent, and nothing is owed while no process sends. */
  readonly webhooks?: WebhookOptions | undefined;
  /** What operators know this process by; default a random name. */
  readonly node?: string;
  readonly clock?: Clock;
  readonly randomness?: Randomness;
  readonly logger?: Logger;
  /** Where numbers and spans go; default nowhere. */
  readonly telemetry?: Telemetry;
}

export interface ScopedTokenOptions {
  /** The name of this service: `aud` of its tokens; default `countersign`. */
  readonly audience?: string;
  /** What happens while revocations cannot be read; default `closed`: every token is refused. */
  readonly whenRevocationsAreStale?: WhenRevocationsAreStale;
  /** Supplies the keys instead of our table. */
  readonly keyService?: TokenKeyService;
}

const audienceDefault = 'countersign';
const issuerDefault = 'Countersign';

/** An operation that needs what is opened once for the process, without that parameter. */
type Bound<Verb> = Verb extends (context: CoreContext, shared: infer _, ...rest: infer Rest) => infer Result
  ? (context: CoreContext, ...rest: Rest) => Result
  : never;

/** The domain, opened on one database. */
export interface Core {
  /** One call by one actor; `presented` is the token it came with, if it came with one. */
  context(actor: Actor, presented?: PresentedToken): CoreContext;
  readonly authorizationRequest: typeof request & { readonly watch: Bound<typeof watchAuthorizationRequest> };
  /** What operators have configured is not read before its first use. */
  readonly method: {
    readonly list: typeof listMethods;
    readonly configure: typeof configureMethod;
    readonly remove: typeof removeMethod;
  };
  /** For calls of a host's that somebody must have authorized: read, applies, call, take, refusal, in this order. */
  readonly guard: typeof guard;
  readonly factors: typeof factors;
  readonly devices: typeof devices & {
    readonly register: Bound<typeof registerDevice>;
    readonly authenticate: Bound<typeof authenticateDevice>;
    readonly revoke: Bound<typeof revokeDevice>;
  };
  /** By the methods of the installation, or of a registry of their own. */
  readonly confirmations: (options?: { readonly registry?: MethodRegistry }) => Confirmations;
  readonly event: {
    readonly list: typeof listEvents;
    readonly stream: Bound<typeof streamEvents>;
    readonly reader: LogReader;
  };
  /** Nothing of it is read, and nothing polls, before its first use. */
  readonly scopedToken: {
    readonly issue: Bound<typeof issueScopedToken>;
    readonly introspect: Bound<typeof introspectScopedToken>;
    readonly list: typeof listScopedTokens;
    readonly revoke: Bound<typeof revokeScopedTokens>;
    readonly verifier: TokenVerifier;
    /** Uses up the requests that a token carries, for one call; see `payWithToken`. */
    readonly pay: (
      context: CoreContext,
      accepted: AcceptedToken,
      call: PaidCall,
      options?: { readonly tx?: TransactionHandle },
    ) => Promise<readonly Receipt[]>;
    /** Writes down that a token was refused. Nobody waits for it. */
    readonly reject: RejectionLog['reject'];
    readonly listKeys: typeof listTokenKeys;
    readonly rotateKeys: Bound<typeof rotateTokenKeys>;
    readonly revokeKey: Bound<typeof revokeTokenKey>;
    /** Makes the first keys, and begins to read keys and revocations: at the start of a server, not at its first token. */
    ready(): Promise<void>;
  };
  /** Nothing of it is read, and nothing polls, before something that looks like a key is presented. */
  readonly serviceKey: {
    readonly create: Bound<typeof createServiceKey>;
    readonly list: typeof listServiceKeys;
    readonly revoke: Bound<typeof revokeServiceKey>;
  } & Pick<ServiceKeyTrust, 'find' | 'isInForce'>;
  readonly operator: { readonly unlock: typeof unlock };
  readonly subscriber: typeof subscriber & {
    /** Ends with core, or when it is stopped. */
    readonly start: (subscription: Subscription) => RunningSubscriber;
  };
  readonly webhook: typeof webhook & {
    readonly create: Bound<typeof createWebhook>;
    readonly update: Bound<typeof updateWebhook>;
    readonly test: Bound<typeof testWebhook>;
  };
  /** The migrations that this start has applied, by name. */
  readonly migrated: readonly string[];
  health(): Promise<Health>;
  /**
   * For who watches the installation: one statement.
   *
   * @throws CountersignError `unavailable_dependency` while the database is away.
   */
  figures(): Promise<Figures>;
  /** For the same, without asking the database: it is told also while that is away. */
  hearing(): Hearing;
  /**
   * For who looks after it by hand: what the database is, who holds the log up, what is sealed by which secret.
   *
   * @throws CountersignError `unavailable_dependency` while the database is away.
   */
  diagnose(): Promise<Diagnosis>;
  close(): Promise<void>;
}

/**
 * Opens the domain: connects, migrates, starts what runs in the background.
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
  const retention = retentionOf(options.retention);
  const methods = Array.isArray(options.methods)
    ? createMethodRegistry(options.methods as readonly Method[])
    : (options.methods as MethodRegistry);
  const operations = createOperationRegistry(options.operations ?? []);
  const database = await openDatabase(options.database, logger, clock);
  try {
    const migrated = options.migrate === false ? [] : await migrate(database);
    if (options.migrate === false && (await pendingMigrations(database)).length > 0)
      throw new CountersignError('unavailable_dependency', {
        cause: new Error('the schema is older than this program; run `countersign migrate`'),
      });
    await establishEpoch(database);
    const heard = options.bus && {
      bus: options.bus,
      messages: await openBusMessages({ database, keys, randomness }),
    };
    const reader = await followLog({ database, logger, bus: heard });
    const watches = createWatches({ database, clock, logger });
    const methodConfigurations = createMethodConfigurations({ clock, database, keys, logger, methods });
    const services: CoreServices = {
      clock,
      randomness,
      ids: createIds(clock, randomness),
      logger,
      telemetry: options.telemetry ?? silentTelemetry,
      keys,
      limits: { ...defaultLimits, ...givenOnly(options.limits ?? {}) },
      methods,
      methodConfigurations,
      issuer: options.issuer ?? issuerDefault,
      operations,
      database,
      wake(changed) {
        reader.wake();
        watches.wake(changed);
        nodes?.tell(changed);
      },
    };
    const trust = createTokenTrust(services, {
      audience: options.scopedToken?.audience ?? audienceDefault,
      keyService: options.scopedToken?.keyService,
    });
    const verifier = createTokenVerifier(services, trust, {
      whenStale: options.scopedToken?.whenRevocationsAreStale ?? 'closed',
    });
    const rejections = createRejectionLog(services);
    const refusals = createDeviceRefusals(services);
    const serviceKeys = createServiceKeyTrust(services);
    const node = options.node ?? createIds(clock, randomness).uuid().slice(-12);
    const subscribers = new Set<RunningSubscriber>();
    if (heard) subscribers.add(startRelay({ services, reader, node }, heard));
    const nodes =
      options.listen === false
        ? null
        : joinNodes(services, {
            changed(ids) {
              reader.wake();
              watches.wake(ids);
            },
            everything() {
              reader.wake();
              watches.wakeAll();
            },
          });
    const jobs =
      options.sweep === false
        ? []
        : [startSweeper(services), startRetainer(services, retention), startResealer(services)];
    if (options.webhooks)
      subscribers.add(
        startWebhooks(services, options.webhooks, (subscription) =>
          startSubscriber({ services, reader, node }, subscription),
        ),
      );
    return {
      context: (actor, presented) => ({
        ...services,
        actor,
        db: database.pool,
        ...(presented && { presented }),
      }),
      authorizationRequest: {
        ...request,
        watch: (context, ...rest) => watchAuthorizationRequest(context, watches, ...rest),
      },
      method: { list: listMethods, configure: configureMethod, remove: removeMethod },
      guard,
      factors,
      devices: {
        ...devices,
        register: (context, ...rest) => registerDevice(context, trust, ...rest),
        authenticate: (context, ...rest) => authenticateDevice(context, { trust, refusals }, ...rest),
        revoke: (context, ...rest) => revokeDevice(context, trust, ...rest),
      },
      confirmations: ({ registry } = {}) => confirmationsBy(registry),
      event: {
        list: listEvents,
        stream: (context, ...rest) => streamEvents(context, reader, ...rest),
        reader,
      },
      scopedToken: {
        issue: (context, ...rest) => issueScopedToken(context, trust, ...rest),
        introspect: (context, ...rest) => introspectScopedToken(context, trust, ...rest),
        list: listScopedTokens,
        revoke: (context, ...rest) => revokeScopedTokens(context, trust, ...rest),
        verifier,
        pay: (context, ...rest) =>
          payWithToken(context, { hash: operationData, consume: consumeAuthorizationRequest }, ...rest),
        reject: rejections.reject,
        listKeys: listTokenKeys,
        rotateKeys: (context) => rotateTokenKeys(context, trust),
        revokeKey: (context, ...rest) => revokeTokenKey(context, trust, ...rest),
        ready: () => trust.ready(),
      },
      serviceKey: {
        create: (context, ...rest) => createServiceKey(context, serviceKeys, ...rest),
        list: listServiceKeys,
        revoke: (context, ...rest) => revokeServiceKey(context, serviceKeys, ...rest),
        find: serviceKeys.find,
        isInForce: serviceKeys.isInForce,
      },
      operator: { unlock },
      subscriber: {
        ...subscriber,
        start(subscription) {
          const running = startSubscriber({ services, reader, node }, subscription);
          subscribers.add(running);
          return running;
        },
      },
      webhook: {
        ...webhook,
        create: (context, ...rest) => createWebhook(context, options.webhooks, ...rest),
        update: (context, ...rest) => updateWebhook(context, options.webhooks, ...rest),
        test: (context, ...rest) => testWebhook(context, options.webhooks, ...rest),
      },
      migrated,
      health: () => checkHealth(database, trust),
      figures: () => takeFigures(services, reader),
      hearing: () => ({ isWokenUp: nodes?.isHearing ?? null, isFedByBus: reader.bus?.isHeard ?? null }),
      diagnose: () => diagnose(services),
      async close() {
        await Promise.all([...jobs, ...subscribers].map(async (job) => await job.stop()));
        await Promise.all([
          nodes?.close(),
          reader.close(),
          watches.close(),
          trust.close(),
          rejections.close(),
          refusals.close(),
          serviceKeys.close(),
          methodConfigurations.close(),
        ]);
        await options.bus?.close().catch((cause: unknown) => {
          logger.warn({ cause }, 'the bus could not be closed');
        });
        await database.close();
      },
    };
  } catch (error) {
    await options.bus?.close().catch(() => undefined);
    await database.close();
    throw awayError(error);
  }
}

/** A limit that is undefined was not given; it does not take the default away. */
function givenOnly(limits: Partial<Limits>): Partial<Limits> {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
