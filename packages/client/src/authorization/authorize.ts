import { cancellationOf } from './cancel-quietly.ts';
import { ask } from './ceremony.ts';
import { assign, take, type LiveCall } from './live-call.ts';
import { requestOf } from './refusal.ts';
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
  const { client, handler } = refused;
  let { refusal, request } = refused;
  for (let repeats = 0; repeats < repeatsMax; repeats += 1) {
    const isGranted = await inTurn(client, refused.isInner, challenge);
    try {
      if (isGranted) return await alone(live.request.id, signal, () => useGrant(refused, live, signal));
      await live.taken;
      return await send(refused, live, signal);
    } catch (error) {
      const next = await requestOf(client, error);
      if (next === undefined) throw error;
      refusal = error;
      request = next;
      assign(client, live, request);
    }
  }
  throw refusal;

  /** Whether the request is granted. It is not when it ended before its turn came: there will be another one. */
  async function challenge(hasWaited: boolean): Promise<boolean> {
    signal.throwIfAborted();
    live.taken ??= cancellationOf(client, live.request.id);
    if (live.taken !== undefined) return false;
    if (hasWaited) request = await client.authorizationRequest.get({ id: request.id }, { signal });
    if (request.state === 'expired') return false;
    const onChallenge = handler();
    if (onChallenge === undefined) throw refusal;
    refused.onAsked?.(request);
    take(client, live, await ask(client, request, onChallenge, signal));
    return true;
  }
}
