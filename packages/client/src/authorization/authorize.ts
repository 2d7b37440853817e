import { handleOf, type AuthorizationRequestHandle } from '../authorization-request/handle.ts';
import type { CountersignClient } from '../countersign-client.ts';
import type { AuthorizationRequest } from '../generated/schema.ts';
import { cancellationOf } from './cancel-quietly.ts';
import { ask } from './ceremony.ts';
import { assign, take, type LiveCall } from './live-call.ts';
import { refusedFor } from './refusal.ts';
import { send, type RefusedCall } from './refused-call.ts';
import { alone } from './tab-lock.ts';
import { inTurn } from './turns.ts';
import { useGrant } from './use-grant.ts';

/**
 * So often a call is repeated: its request may have ended while it stood in line, and its grant may come too late. After
 * that the refusal is the answer.
 */
const repeatsMax = 3;

/** Has the person asked, in turn, and makes the call once more. A call whose answer is lost is not repeated. */
export async function authorize(refused: RefusedCall, live: LiveCall, signal: AbortSignal): Promise<unknown> {
  let { refusal } = refused;
  for (let repeats = 0; repeats < repeatsMax; repeats += 1) {
    const isGranted = await inTurn(refused.client, (hasWaited) => challenge(hasWaited));
    try {
      if (isGranted) return await alone(live.request.id, signal, () => useGrant(refused, live, signal));
      await live.taken;
      return await send(refused, live, signal);
    } catch (error) {
      const request = refusedFor(error);
      if (request === undefined) throw error;
      refusal = error;
      assign(refused.client, live, request);
    }
  }
  throw refusal;

  /** Whether the request is granted. It is not when it ended before its turn came: there will be another one. */
  async function challenge(hasWaited: boolean): Promise<boolean> {
    const { client, handler } = refused;
    signal.throwIfAborted();
    live.taken ??= cancellationOf(client, live.request.id);
    if (live.taken !== undefined) return false;
    const { id } = live.request;
    const mayHaveChanged = hasWaited || live.passed !== undefined;
    const request = mayHaveChanged
      ? await client.authorizationRequest.get({ id }, { signal })
      : waitable(client, live.request);
    if (request.state === 'expired') return false;
    const onChallenge = handler();
    if (onChallenge === undefined) throw refusal;
    refused.onAsked?.(request);
    take(client, live, await ask(client, request, onChallenge, signal));
    return true;
  }
}

/** The request of a refusal, which is fresh, with its methods. */
function waitable(
  { authorizationRequest }: CountersignClient,
  request: AuthorizationRequest,
): AuthorizationRequestHandle {
  const { id } = request;
  return handleOf(
    { ...request },
    {
      get: (options) => authorizationRequest.get({ id }, options),
      watch: (options) => authorizationRequest.watch({ id }, options),
    },
  );
}
