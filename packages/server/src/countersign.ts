import {
  openCore,
  silentLogger,
  systemClock,
  type Actor,
  type Core,
  type EventType,
  type Operation,
  type PgClient,
  type RunningSubscriber,
} from '@countersign/core';
import type { AnyTRPCRouter } from '@trpc/server';
import type { IncomingMessage, Server } from 'node:http';
import { acceptActor } from './caller/accept-actor.ts';
import { isCaller, knownCaller, nobody, type Caller } from './caller/caller.ts';
import { createIdentify } from './caller/identify.ts';
import { createServiceKeyCheck } from './caller/service-key.ts';
import { createSubjectActivity } from './caller/subject-activity.ts';
import { createCredentialGate } from './caller/credential-gate.ts';
import type { CountersignContext } from './context.ts';
import { createPublicUrl } from './dpop/public-url.ts';
import { createDpopVerifier } from './dpop/verifier.ts';
import { createListeners, type Listener, type ListenerFilter } from './event/listeners.ts';
import { createEventStreams } from './http/event-streams.ts';
import { presentationOf } from './http/credentials.ts';
import { createHttpHandler } from './http/handler.ts';
import { createReadiness } from './http/health.ts';
import { parseOptions, type CountersignOptions } from './options.ts';
import { omitProcedures } from './omit-procedures.ts';
import type { CountersignRouter } from './router.ts';
import { createGuard, type Guard } from './guard/guard.ts';
import { createHttpGuard, type HttpGuard } from './guard/http/http-guard.ts';
import type { GuardedOptions } from './guard/options.ts';
import { createRestGuard, type RestGuard } from './rest/guard.ts';
import { auditProcedures } from './scope/audit.ts';
import { open, paidBy, scoped } from './scope/scoped.ts';
import { streamLimits } from './stream/limits.ts';
import { createPlaces } from './stream/places.ts';
import type { SubscriberOptions } from './subscriber/options.ts';
import { subscribe } from './subscriber/subscribe.ts';
import { createTelemetry } from './telemetry/telemetry.ts';
import { attachWebSocket } from './websocket/attach.ts';
import type { AttachedWebSocket } from './websocket/attached.ts';
import { gateOf, type GatedSocket } from './websocket/gate.ts';
import {
  presentationOf as presentationOfSocket,
  type ConnectionParameters,
} from './websocket/credentials.ts';
import { socketLimits } from './websocket/limits.ts';
import { openWebhooks } from './webhook/open.ts';

type Operations = Core['authorizationRequest'];
type InputOf<Verb extends keyof Operations> = Parameters<Operations[Verb]>[1];
type OverridesOf<Verb extends 'create' | 'consume'> = Parameters<Operations[Verb]>[2];

/** What carried a call, as far as the host knows it. */
export interface ContextExtras {
  readonly request?: Request | undefined;
  /**
   * In a WebSocket server of your own, `res` of tRPC's `createContext`: streams then wait for a slow reader.
   * Without it, what they send to a client that does not read is kept in memory.
   */
  readonly socket?: GatedSocket | undefined;
}

/** Countersign, running in this process. Made by {@link createCountersign}. */
export interface Countersign {
  /** All procedures but those in `procedures.omit`; nest it: `t.router({ countersign: cs.router, … })`. */
  readonly router: CountersignRouter;
  /**
   * What the router needs in a tRPC context; spread it into yours. The actor is whom your own session names, or
   * what `authenticate` found. One without a subject is nobody: it gets `unauthenticated`, never the rights of a
   * service.
   */
  context(actor: Actor | Caller | null | undefined, extras?: ContextExtras): CountersignContext;
  /**
   * Who calls by a credential of ours, a service key or a scoped token: for `context`, in a server of your own.
   *
   * @example
   * ```ts
   * const createContext = async ({ req }) => cs.context(await cs.authenticate(req), { request: req });
   * ```
   *
   * In a WebSocket server of your own it takes the upgrade and the connection parameters:
   *
   * @example
   * ```ts
   * const createContext = async ({ req, res, info }) =>
   *   cs.context(await cs.authenticate(req, info.connectionParams), { socket: res });
   * ```
   * @throws CountersignError `unavailable_dependency` when nobody can say whether a credential counts.
   */
  authenticate(request: Request): Promise<Caller>;
  authenticate(upgrade: IncomingMessage, parameters: ConnectionParameters): Promise<Caller>;
  /** The same procedures without HTTP. Refusals are thrown as a TRPCError whose `cause` is the CountersignError. */
  createCaller(actor: Actor): ReturnType<CountersignRouter['createCaller']>;
  /**
   * Makes a mutation of your own one that somebody must have authorized: `t.procedure.concat(cs.guard(transfer))`.
   *
   * A call without a grant for this subject, session and data is refused as `authorization_required`, with the request
   * (one that waits for the same data is reused); granted, the same call runs, once. `input` and
   * `ctx.authorization.data` are what was authorized. With a MikroORM entity manager as `ctx.em` the consumption and
   * what the resolver writes through `ctx.em` commit together, and a resolver that throws gives the grant back; without
   * one the consumption commits first, so that a resolver that fails has used it up.
   *
   * After an `.input()` of your own: `.use(cs.guard(transfer).middleware)`.
   *
   * @example
   * ```ts
   * transfer: t.procedure
   *   .concat(cs.guard(transfer))
   *   .mutation(({ ctx }) => bank.transfer(ctx.em, ctx.authorization.data)),
   * ```
   * @throws TypeError at once, for an operation that `createCountersign` was not given.
   */
  guard<Guarded extends Operation, Context extends object = object>(
    operation: Guarded,
    options?: GuardedOptions<Context>,
  ): Guard<Guarded, Context> & HttpGuard<Guarded>;
  /** Begins a procedure of your own that tokens may open: `t.procedure.concat(cs.scoped)`. */
  readonly scoped: typeof scoped;
  /** Begins one that anybody may call: `t.procedure.concat(cs.open)`. */
  readonly open: typeof open;
  /** After `.input()`: one that a granted request pays for, carried by a token: `.use(cs.paidBy(transfer))`. */
  readonly paidBy: typeof paidBy;
  /** For your own HTTP routes that tokens may open, in the style of the Fetch API or of Hono. */
  readonly rest: RestGuard;
  /**
   * For the start of your server: fails when a procedure of your router is neither one of ours nor scoped nor open.
   *
   * @throws UndeclaredProceduresError
   */
  audit(router: AnyTRPCRouter): Promise<void>;
  readonly authorizationRequest: {
    /** In this process only: with a code generator and a sender for this one request. */
    create(input: InputOf<'create'>, overrides?: OverridesOf<'create'>): ReturnType<Operations['create']>;
  };
  /**
   * Uses a grant as the service. With `tx`, a transaction of yours in our database, the consumption and
   * your own writes commit together or not at all.
   *
   * @throws CountersignError `not_found`, `data_mismatch`, `not_granted`, `already_consumed`, `execution_window_passed`.
   */
  consume(input: InputOf<'consume'>, options?: OverridesOf<'consume'>): ReturnType<Operations['consume']>;
  /** Calls `listener` for events of this type from now on: in this process, at most once. Returns its remover. */
  on<Type extends EventType>(type: Type, listener: Listener<Type>): () => void;
  on<Type extends EventType>(type: Type, filter: ListenerFilter, listener: Listener<Type>): () => void;
  /**
   * Calls functions for events from now on, durably: each subscriber has a place in the log of its own, which is kept
   * over crashes, restarts and nodes, and moves on in the transaction in which its function writes. So what that writes
   * by `batch.tx` takes effect exactly once, in the order of the log. Of several processes that name it one at a time is
   * active. An event that fails is tried again after 1, 2, 4 … seconds; one that fails for an hour parks the subscriber,
   * which operators see (`operator.subscribers`) and resume.
   *
   * @example
   * ```ts
   * cs.subscriber({
   *   name: 'ledger',
   *   on: {
   *     'authorization_request.granted': async ({ id, request }, { tx }) => {
   *       await tx.query('INSERT INTO ledger (event_id, request_id) VALUES ($1, $2)', [id, request?.id]);
   *     },
   *   },
   * });
   * ```
   * @throws SettingsError naming every wrong option at once.
   */
  subscriber<Tx = PgClient>(options: SubscriberOptions<Tx>): RunningSubscriber;
  /**
   * `/trpc` and `/api/v1`, with server-sent events, `/openapi.json`, `/healthz`, `/readyz` for any server that speaks
   * the Fetch API.
   */
  handler(request: Request): Promise<Response>;
  /**
   * WebSockets on `/trpc` of your HTTP server, beside whatever it answers over HTTP. Upgrades to other paths
   * are refused, unless your server has another listener for them.
   *
   * @throws Error when the server has them already.
   */
  attachWebSocket(server: Server): AttachedWebSocket;
  /** The domain below, without tRPC. */
  readonly core: Core;
  /**
   * For when your server is about to stop: from now on `/readyz` answers 503, so that a balancer sends its calls to
   * others. Everything still works. Then `drain`, when the balancer has had the time to notice.
   */
  leave(): void;
  /**
   * For when your server stops: tells the clients of all streams to reconnect elsewhere, lets calls over
   * WebSockets finish for 5 s, closes these. Everything else still works. `close` does it first.
   */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens Countersign on your database: migrates its own schema and starts its one background job.
 *
 * @example
 * ```ts
 * const cs = await createCountersign({
 *   issuer: 'Acme Bank',
 *   audience: 'bank.example',
 *   secret: process.env.COUNTERSIGN_SECRET,
 *   database: process.env.DATABASE_URL,
 *   methods: [otp({ send })],
 *   operations: { transfer },
 * });
 * const appRouter = t.router({ countersign: cs.router, bank });
 * ```
 * @throws SettingsError naming every wrong option at once.
 * @throws CountersignError `unavailable_dependency` when the database cannot be reached.
 */
export async function createCountersign(options: CountersignOptions): Promise<Countersign> {
  const {
    operations,
    origins,
    serviceKey,
    subjectActive = () => true,
    scopedToken,
    publicUrl: givenPublicUrl,
    procedures,
    audience,
    metrics,
    telemetry: given,
    webhooks,
    ...coreOptions
  } = parseOptions(options);
  const { scheme, legacySchemes, queryParameter, whenRevocationsAreStale, keyService } = scopedToken;
  const logger = coreOptions.logger ?? silentLogger;
  const router = omitProcedures(procedures.omit);
  await auditProcedures(router);
  const { telemetry, ...telling } = createTelemetry({
    ...given,
    isScraped: metrics.enabled === true,
  });
  const clock = coreOptions.clock ?? systemClock;
  const core = await openCore({
    ...coreOptions,
    webhooks: webhooks === false ? undefined : openWebhooks({ ...webhooks, clock, logger }),
    telemetry,
    operations: Object.values(operations),
    scopedToken: { audience, whenRevocationsAreStale, keyService },
  });
  const publicUrl = createPublicUrl(givenPublicUrl, logger);
  const listeners = createListeners({ core, logger });
  const isActive = createSubjectActivity(subjectActive, clock);
  const credentials = createCredentialGate({ core, isActive });
  const identify = createIdentify({
    core,
    isBootstrapKey: createServiceKeyCheck(serviceKey),
    schemes: [scheme, ...legacySchemes].map((name) => name.toLowerCase()),
    dpop: createDpopVerifier({ clock }),
    telemetry,
  });
  const service = core.context({ kind: 'service' });

  const eventStreams = createEventStreams();
  const webSockets = new Set<AttachedWebSocket>();
  const connections = createPlaces(socketLimits.connectionsPerSubjectMax);
  telling.observe({
    core,
    sockets: () => [...webSockets].reduce((sum, one) => sum + one.connections, 0),
  });
  const streams = {
    ofSubject: createPlaces(streamLimits.perSubjectMax),
    ofConnection: createPlaces(streamLimits.perConnectionMax),
  };

  const context: Countersign['context'] = (actor, { request, socket } = {}) => ({
    countersign: {
      core,
      caller: callerOf(core, actor),
      credentials,
      logger,
      telemetry,
      request: request ?? null,
      connection: gateOf(socket),
      streams,
    },
  });
  const authenticate = async (request: Request | IncomingMessage, parameters: ConnectionParameters = null) =>
    await identify(
      !('rawHeaders' in request)
        ? presentationOf(request, queryParameter, publicUrl)
        : presentationOfSocket(request, publicUrl)(parameters),
    );
  const contextOf = async (request: Request) => context(await authenticate(request), { request });
  const httpGuard = createHttpGuard({ core, credentials, logger, scheme, audience });
  const readiness = createReadiness();
  const drain = async () => {
    readiness.leave();
    eventStreams.end();
    await Promise.all([...webSockets].map((one) => one.close()));
  };

  return {
    router,
    context,
    authenticate,
    guard(operation, guardedOptions) {
      if (Object.values(operations).includes(operation))
        return Object.assign(createGuard(operation, guardedOptions), httpGuard(operation));
      const isTaken = Object.values(operations).some(({ slug }) => slug === operation.slug);
      const hint = isTaken ? ': another object with this slug is, so import that one' : '';
      throw new TypeError(
        `operation "${operation.slug}" is not among the operations of createCountersign${hint}`,
      );
    },
    scoped,
    open,
    paidBy,
    audit: auditProcedures,
    rest: createRestGuard({
      ...scopedToken,
      core,
      identify,
      credentials,
      isActive,
      audience,
      publicUrl,
      clock,
      logger,
    }),
    createCaller: (actor) => router.createCaller(context(actor)),
    authorizationRequest: {
      create: (input, overrides) => core.authorizationRequest.create(service, input, overrides),
    },
    consume: (input, extras) => core.authorizationRequest.consume(service, input, extras),
    on: (type: EventType, ...rest: [Listener] | [ListenerFilter, Listener]) =>
      rest.length === 1 ? listeners.add(type, {}, rest[0]) : listeners.add(type, ...rest),
    subscriber: (subscriberOptions) => subscribe(core, subscriberOptions),
    handler: createHttpHandler({
      core,
      readiness,
      metrics: { text: telling.text, token: metrics.token },
      router,
      origins,
      logger,
      contextOf,
      streams: eventStreams,
      scheme,
      queryParameter,
      publicUrl: createPublicUrl(givenPublicUrl),
    }),
    attachWebSocket(server) {
      const one = attachWebSocket(server, {
        router,
        origins,
        logger,
        connections,
        identify,
        credentials,
        publicUrl,
        contextOf: (caller, socket) => context(caller, { socket }),
      });
      webSockets.add(one);
      return one;
    },
    core,
    leave: () => readiness.leave(),
    drain,
    async close() {
      await drain();
      credentials.close();
      await listeners.close();
      await telling.close();
      await core.close();
    },
  };
}

/** What `authenticate` found is as it is; an actor is checked, since a host made it. */
function callerOf(core: Core, given: Actor | Caller | null | undefined): Caller {
  if (given && isCaller(core, given)) return given;
  const actor = acceptActor(given);
  return actor === null ? nobody : knownCaller(core, actor);
}
