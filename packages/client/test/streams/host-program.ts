/**
 * A server in a process of its own, behind our own doors, for the subjects and sessions of {@link actorOfToken}.
 * Started by host-process.ts.
 */
import { createEventStreams } from '../../../server/src/http/event-streams.ts';
import { createHttpHandler } from '../../../server/src/http/handler.ts';
import { listen } from '../../../server/src/http/listen.ts';
import { createPlaces } from '../../../server/src/stream/places.ts';
import { attachWebSocket } from '../../../server/src/websocket/attach.ts';
import { socketLimits } from '../../../server/src/websocket/limits.ts';
import { actorOfToken } from './actor.ts';
import { openNode, type Installation } from './node.ts';

export interface HostOrder extends Installation {
  readonly port: number;
}

const { port, ...installation } = JSON.parse(process.argv[2] ?? '') as HostOrder;
const cs = await openNode(installation, false);
const listener = await listen({ port, host: '127.0.0.1' });
const streams = createEventStreams();
const logger = { debug() {}, info() {}, warn() {}, error: (...what: unknown[]) => console.error(...what) };
const services = { router: cs.router, origins: [], logger };
listener.answerWith(
  createHttpHandler({
    ...services,
    core: cs.core,
    streams,
    contextOf: async (request) => cs.context(actorOfToken(request.headers.get('authorization')), { request }),
  }),
);
const webSocket = attachWebSocket(listener.server, {
  ...services,
  connections: createPlaces(socketLimits.connectionsPerSubjectMax),
  credentials: cs.context(null).countersign.credentials,
  identify: async ({ authorizations: [one] }) => cs.context(actorOfToken(one)).countersign.caller,
  contextOf: (caller, socket) => cs.context(caller, { socket }),
});

process.once('SIGTERM', () => {
  streams.end();
  void Promise.all([listener.close(), webSocket.close()])
    .then(() => cs.close())
    .then(() => process.exit(0));
});
process.once('disconnect', () => process.exit(1));
process.send?.('ready');
