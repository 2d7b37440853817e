import { openCore, silentLogger, type Actor, type Core, type EventType } from '@countersign/core';
import type { Server } from 'node:http';
import { acceptActor } from './actor/accept-actor.ts';
import { actorOfAuthorization } from './actor/actor-of-authorization.ts';
import { createServiceKeyCheck } from './actor/service-key.ts';
import type { CountersignContext } from './context.ts';
import { createListeners, type Listener, type ListenerFilter } from './event/listeners.ts';
import { createEventStreams } from './http/event-streams.ts';
import { createHttpHandler } from './http/handler.ts';
import { parseOptions, type CountersignOptions } from './options.ts';
import { router, type CountersignRouter } from './router.ts';
import { streamLimits } from './stream/limits.ts';
import { createPlaces } from './stream/places.ts';
import { attachWebSocket } from './websocket/attach.ts';
import type { AttachedWebSocket } from './websocket/attached.ts';
import { gateOf, type GatedSocket } from './websocket/gate.ts';
import { socketLimits } from './websocket/limits.ts';
import { actorOfCredentials } from './websocket/credentials.ts';

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
  /** All procedures; nest it: `t.router({ countersign: cs.router, … })`. */
  readonly router: CountersignRouter;
  /**
   * What the router needs in a tRPC context; spread it into yours. An actor without a subject is nobody:
   * it gets `unauthenticated`, never the rights of a service.
   */
  context(actor: Actor | null | undefined, extras?: ContextExtras): CountersignContext;
  /** The same procedures without HTTP. Refusals are thrown as a TRPCError whose `cause` is the CountersignError. */
  createCaller(actor: Actor): ReturnType<CountersignRouter['createCaller']>;
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
  /** `/trpc`, with server-sent events, `/healthz`, `/readyz` for any server that speaks the Fetch API. */
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
    issuer: _issuer,
    audience: _audience,
    ...coreOptions
  } = parseOptions(options);
  const logger = coreOptions.logger ?? silentLogger;
  const core = await openCore({ ...coreOptions, operations: Object.values(operations) });
  const listeners = createListeners({ core, logger });
  const isServiceKey = createServiceKeyCheck(serviceKey);
  const service = core.context({ kind: 'service' });

  const eventStreams = createEventStreams();
  const webSockets = new Set<AttachedWebSocket>();
  const connections = createPlaces(socketLimits.connectionsPerSubjectMax);
  const streams = {
    ofSubject: createPlaces(streamLimits.perSubjectMax),
    ofConnection: createPlaces(streamLimits.perConnectionMax),
  };

  const context: Countersign['context'] = (actor, { request, socket } = {}) => ({
    countersign: {
      core,
      actor: acceptActor(actor),
      logger,
      request: request ?? null,
      connection: gateOf(socket),
      streams,
    },
  });
  const contextOf = (request: Request) =>
    context(actorOfAuthorization(request.headers.get('authorization'), isServiceKey), { request });
  const drain = async () => {
    eventStreams.end();
    await Promise.all([...webSockets].map((one) => one.close()));
  };

  return {
    router,
    context,
    createCaller: (actor) => router.createCaller(context(actor)),
    authorizationRequest: {
      create: (input, overrides) => core.authorizationRequest.create(service, input, overrides),
    },
    consume: (input, extras) => core.authorizationRequest.consume(service, input, extras),
    on: (type: EventType, ...rest: [Listener] | [ListenerFilter, Listener]) =>
      rest.length === 1 ? listeners.add(type, {}, rest[0]) : listeners.add(type, ...rest),
    handler: createHttpHandler({ core, router, origins, logger, contextOf, streams: eventStreams }),
    attachWebSocket(server) {
      const one = attachWebSocket(server, {
        router,
        origins,
        logger,
        connections,
        actorOf: (credentials) => actorOfCredentials(credentials, isServiceKey),
        contextOf: (actor, socket) => context(actor, { socket }),
      });
      webSockets.add(one);
      return one;
    },
    core,
    drain,
    async close() {
      await drain();
      await listeners.close();
      await core.close();
    },
  };
}
