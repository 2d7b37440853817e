import type { CallOptions } from '../generated/client.ts';
import type { AuthorizationRequest, EventByType } from '../generated/schema.ts';
import type { DeviceClient } from './device-client.ts';
import { isRefusedAs } from './refused.ts';

/** What a device is asked, as it stands and as it comes. */
interface Prompts {
  waiting(options?: CallOptions): Promise<AuthorizationRequest[]>;
  prompts(options?: CallOptions): AsyncIterable<AuthorizationRequest>;
}

interface PromptRules {
  /** Runs what needs the device's token, once more with another one if it was refused. */
  readonly withToken: <Answer>(run: () => Promise<Answer>) => Promise<Answer>;
  readonly forget: () => void;
  /** The device's factor; undefined when it is not known. */
  readonly id: string | undefined;
}

type Asked = EventByType['authorization_request.challenged' | 'authorization_request.reset'];

const types = ['authorization_request.challenged', 'authorization_request.reset'] as const;

/** So many challenges are remembered as told; far more than there can be at a time. */
const toldMax = 256;

export function createPrompts(
  { authorizationRequest, event }: DeviceClient,
  { withToken, forget, id }: PromptRules,
): Prompts {
  const isAsked = ({ state, challenge }: AuthorizationRequest): boolean =>
    state === 'waiting' &&
    challenge?.method === 'device' &&
    (id === undefined || challenge.factorId === null || challenge.factorId === id);

  async function current(request: string, options?: CallOptions): Promise<AuthorizationRequest | null> {
    try {
      const found = await withToken(() => authorizationRequest.get({ id: request }, options));
      return isAsked(found) ? found : null;
    } catch (error) {
      if (isRefusedAs(error, 'not_found')) return null;
      throw error;
    }
  }

  /** A list tells of no challenge, so that each request that a device could answer is read. */
  async function waiting(options?: CallOptions): Promise<AuthorizationRequest[]> {
    const listed = await withToken(async () => {
      const ids: string[] = [];
      for await (const { id: request, methods } of authorizationRequest.list({ state: 'waiting' }, options))
        if (methods.includes('device')) ids.push(request);
      return ids;
    });
    const read = await Promise.all(listed.map((request) => current(request, options)));
    return read.filter((request) => request !== null);
  }

  /** The client takes up what was cut; here only a token that was refused before its end is replaced, once. */
  async function* asked(after: string | null, options?: CallOptions): AsyncGenerator<Asked> {
    let place = after === null ? ({ from: 'start' } as const) : { lastEventId: after };
    let isRenewed = false;
    for (;;)
      try {
        for await (const one of event.stream({ types, ...place }, options)) {
          place = { lastEventId: one.id };
          isRenewed = false;
          yield one;
        }
        return;
      } catch (error) {
        if (isRenewed || !isRefusedAs(error, 'unauthenticated')) throw error;
        isRenewed = true;
        forget();
      }
  }

  /** The end of the log is noted before what waits is read: what comes in between is told, and told once. */
  async function* prompts(options?: CallOptions): AsyncGenerator<AuthorizationRequest> {
    const { cursor } = await withToken(async () => await event.list({ from: 'now' }, options));
    const told = new Set<string | undefined>();
    const isNew = ({ challenge }: AuthorizationRequest): boolean => {
      if (told.has(challenge?.id)) return false;
      told.add(challenge?.id);
      if (told.size > toldMax) told.delete(told.values().next().value);
      return true;
    };
    for (const request of await waiting(options)) if (isNew(request)) yield request;
    for await (const { type, data, about } of asked(cursor, options)) {
      if (type === 'authorization_request.challenged' && data.method !== 'device') continue;
      const request = await current(about.id, options);
      if (request !== null && isNew(request)) yield request;
    }
  }

  return { waiting, prompts };
}
