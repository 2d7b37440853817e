import { isLastEvent } from './authorization-request/last-event.ts';
import { createRequests } from './authorization-request/requests.ts';
import { backoffDefaults } from './backoff.ts';
import { call } from './call/call.ts';
import { createHttp } from './call/http.ts';
import { everyProcedure } from './call/procedures.ts';
import type { CountersignClient } from './countersign-client.ts';
import { createCredentials } from './credentials.ts';
import { endpointOf } from './endpoint.ts';
import { createEvents } from './event/events.ts';
import { logRules } from './event/log-rules.ts';
import type { ClientOptions } from './options.ts';
import type { StreamInput, StreamRules } from './stream/follow.ts';
import { createStreams } from './stream/streams.ts';
import { wireOf } from './transformer.ts';

const watchRules: StreamRules = { isLast: isLastEvent, beginning: async () => undefined };
const retriesDefault = 5;
const bufferedEventsMaxDefault = 256;

/**
 * A client of Countersign, for browsers and Node. Nothing is connected before it is used.
 *
 * @example
 * ```ts
 * const client = createCountersignClient({ url: 'http://localhost:4020/trpc', token: () => session.token });
 * const request = await client.authorizationRequest.create({ slug: 'transfer', subjectId: 'ada', data });
 * const granted = await request.granted({ signal: AbortSignal.timeout(300_000) });
 * ```
 * @throws TypeError when the URL is none.
 */
export function createCountersignClient(options: ClientOptions): CountersignClient {
  const closing = new AbortController();
  const endpoint = endpointOf(options.url, options.path);
  const shared = {
    endpoint,
    wire: wireOf(options.transformer),
    credentials: createCredentials(options.token, options.clientKey),
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
  };
  const caller = {
    http: createHttp(shared),
    retries: options.retries ?? retriesDefault,
    answerMilliseconds: 20_000, // A server answers within 10 s or refuses.
    closing: closing.signal,
  };
  const openStream = createStreams({
    ...options,
    ...shared,
    reconnect: { ...backoffDefaults, ...options.reconnect },
    bufferedEventsMax: Math.max(1, options.bufferedEventsMax ?? bufferedEventsMaxDefault), // With no room it would ask for ever.
    closing: closing.signal,
  });
  const { authorizationRequest, event, ...others } = everyProcedure((name, procedure) => {
    const path = endpoint.pathOf(name);
    if (procedure.type !== 'subscription') {
      return (input, extras) => call(caller, path, procedure, input, extras);
    }
    return (given, extras) => {
      const input = (given ?? {}) as StreamInput;
      const rules = name === 'event.stream' ? logRules(caller, endpoint, input) : watchRules;
      return openStream(path, procedure, input, rules, extras);
    };
  });
  const close = async (): Promise<void> => closing.abort();

  return {
    ...others,
    authorizationRequest: createRequests(authorizationRequest),
    event: createEvents(event),
    close,
    [Symbol.asyncDispose]: close,
  };
}
