import { CountersignError, type Logger } from '@countersign/core';
import type { AnyTRPCRouter } from '@trpc/server';
import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import type { IncomingMessage } from 'node:http';
import { WebSocket, type RawData, type WebSocketServer } from 'ws';
import { actorOf, type Caller } from '../caller/caller.ts';
import type { Presentation } from '../caller/identify.ts';
import { holderOf } from '../caller/holder-of.ts';
import { canEnd, type CredentialGate } from '../caller/credential-gate.ts';
import type { CountersignContext } from '../context.ts';
import { createPublicUrl, type ClientUrlOf } from '../dpop/public-url.ts';
import type { Places } from '../stream/places.ts';
import { urlOf } from './admit-upgrade.ts';
import { presentationOf, type ConnectionParameters } from './credentials.ts';
import { drainSocket } from './drain-socket.ts';
import { createHold } from './hold-while-busy.ts';
import type { SocketLimits } from './limits.ts';
import { logFailure } from './log-failure.ts';
import { createMessageBudget } from './message-budget.ts';
import { createScreen } from './screen.ts';

export interface SocketServices {
  readonly router: AnyTRPCRouter;
  readonly logger: Logger;
  readonly identify: (presentation: Presentation) => Promise<Caller>;
  readonly credentials: CredentialGate;
  /** The URL that a client used, as it says in a proof of its key. */
  readonly publicUrl?: ClientUrlOf;
  readonly contextOf: (caller: Caller, socket: WebSocket) => CountersignContext;
  /** Where the sockets come from; the adapter's options ask for it. */
  readonly upgrades: WebSocketServer;
  readonly onClosed: (socket: ServedSocket) => void;
  /** How many connections a subject has. */
  readonly connections: Places;
}

/** One open WebSocket. */
export interface ServedSocket {
  /** Asks for a sign of life, and ends the connection when none came since the last time. */
  ping(): void;
  /** Sends a reconnect notice, lets calls in progress end, and closes. */
  drain(): Promise<void>;
}

/** "Policy violation" of RFC 6455, §7.4.1. */
const policyViolation = 1008;

/** For the streams on it to say first that the token has ended. */
const farewellMilliseconds = 100;

/**
 * Serves the router on one WebSocket. The adapter is tRPC's; what it has no limit for is here: messages,
 * calls in progress, what waits unsent, time without a credential, time without a sign of life.
 */
export function serveSocket(
  socket: WebSocket,
  request: IncomingMessage,
  services: SocketServices,
  limits: SocketLimits,
): ServedSocket {
  const { router, logger, identify, credentials, publicUrl = createPublicUrl() } = services;
  const { contextOf, connections, upgrades, onClosed } = services;
  const budget = createMessageBudget(limits.messagesPerMinuteMax);
  // Let go of once it was asked: it would stay as long as the socket.
  let inParameters: ReturnType<typeof presentationOf> | null = presentationOf(request, publicUrl);
  let isKnown = false;
  let isIntroduced = false;
  let isTrusted = false;
  let isAlive = true;
  let refusals = 0;

  const end = (why: string) => {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.close(policyViolation, why);
    setTimeout(() => socket.terminate(), limits.closeMilliseconds).unref();
  };
  const refused = () => {
    refusals += 1;
    if (refusals > limits.refusalsMax && !isTrusted) end('too many refused messages');
  };
  const mayRead = () => isTrusted || budget.take(performance.now());
  const cutWhenFull = () => {
    if (socket.bufferedAmount <= limits.unsentBytesMax || socket.readyState !== WebSocket.OPEN) return;
    logger.debug({ bytes: socket.bufferedAmount }, 'a connection that does not read was cut');
    // Not closed: a closing frame would wait behind all that, and keep it in memory.
    socket.terminate();
  };
  const hold = createHold(socket, () => screen.callsInProgress() >= limits.callsAtOnceMax);
  const screen = createScreen({
    socket,
    introduced: urlOf(request)?.searchParams.get('connectionParams') !== '1',
    keepsBack: hold.keeps,
    mayRead,
    onRefused: refused,
    onSending: cutWhenFull,
    onAdmitted: () => {
      if (isKnown) refusals = 0;
      hold.whileBusy();
    },
  });

  /** What is no call and has an answer all the same: pings, and tRPC's pings, which are texts. */
  const onSmallTalk = () => {
    if (!mayRead()) refused();
    cutWhenFull();
  };
  socket.on('pong', () => (isAlive = true));
  socket.on('ping', onSmallTalk);
  // Before tRPC's own listener, which is added below.
  socket.on('message', (data, isBinary) => {
    isAlive = true; // Its pong may stand behind a thousand messages that are not read yet.
    if (isSmallTalk(data, isBinary)) onSmallTalk();
    else if (isIntroduced && !isKnown) refused();
  });

  let stranger: NodeJS.Timeout | undefined = setTimeout(
    () => end('no credential'),
    limits.introductionMilliseconds,
  ).unref();
  const known = () => {
    clearTimeout(stranger);
    stranger = undefined;
  };
  let giveBackPlace: (() => void) | null = null;
  let stopWatching: (() => void) | null = null;
  socket.on('close', () => {
    known();
    giveBackPlace?.();
    stopWatching?.();
    onClosed(served);
  });

  const welcome = async (parameters: ConnectionParameters): Promise<CountersignContext> => {
    const presentation = inParameters?.(parameters) ?? { authorizations: [], carrier: 'h' };
    inParameters = null;
    const caller = await identify(presentation).finally(() => (isIntroduced = true));
    const actor = actorOf(caller);
    isKnown = actor !== null;
    isTrusted = actor?.kind === 'service' || actor?.kind === 'operator';
    // It may have gone in the meantime, and nobody would give its place back.
    if (socket.readyState !== WebSocket.OPEN) return contextOf(caller, socket);
    if (isKnown) known();
    const holder = holderOf(caller);
    giveBackPlace = holder === null ? null : connections.take(holder);
    if (holder !== null && giveBackPlace === null) throw new CountersignError('rate_limited');
    if (canEnd(caller)) stopWatching = credentials.watch(caller, bidFarewell);
    return contextOf(caller, socket);
  };
  /** Every later call would be refused; a client that comes back is asked for its credential again. */
  const bidFarewell = () => {
    setTimeout(() => end('the credential has ended'), farewellMilliseconds).unref();
  };

  getWSConnectionHandler({
    wss: upgrades,
    router,
    createContext: ({ info }) => welcome(info.connectionParams),
    experimental_encoder: screen.encoder,
    onError: ({ error, path }) => logFailure(logger, error, path),
  })(socket, addressOnly(request));

  const served: ServedSocket = {
    ping() {
      // While it is held nothing of it is read, and no sign of life either.
      if (!isAlive && !socket.isPaused) socket.terminate();
      isAlive = false;
      if (socket.readyState === WebSocket.OPEN) socket.ping();
    },
    drain: () => drainSocket(socket, screen.callsInProgress, limits),
  };
  return served;
}

/** All that tRPC's adapter reads of the request. The whole of it would stay in memory with the socket: 1 KB. */
function addressOnly({ url, headers: { host }, socket }: IncomingMessage): IncomingMessage {
  return { url, headers: { host }, socket } as IncomingMessage;
}

/** What tRPC's adapter takes for signs of life before it looks for a message. */
function isSmallTalk(data: RawData, isBinary: boolean): boolean {
  return !isBinary && Buffer.isBuffer(data) && data.length === 4 && /^P[IO]NG$/.test(data.toString());
}
