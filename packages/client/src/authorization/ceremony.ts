import type { AuthorizationRequestHandle } from '../authorization-request/handle.ts';
import type { CountersignClient } from '../countersign-client.ts';
import { AuthorizationCancelled } from '../decision.ts';
import { isCountersignError } from '../error.ts';
import type { AuthorizationRequest } from '../generated/schema.ts';
import { cancelQuietly } from './cancel-quietly.ts';
import type { OnChallenge } from './pending.ts';
import { lineOf } from './turns.ts';
import { unlessGiven } from './unless-given.ts';

/** So often the decision is asked for again when no answer came; each time the stream waits for the network first. */
const failuresMax = 3;

/**
 * Has the person asked, and waits for the decision. When the person closes it, or what asks throws, the request is
 * cancelled; when the signal is given it only ends.
 *
 * @throws AuthorizationDenied, AuthorizationExpired, AuthorizationCancelled; what `onChallenge` throws; CountersignError
 * when the request cannot be read any more.
 */
export async function ask(
  client: CountersignClient,
  request: AuthorizationRequestHandle,
  onChallenge: OnChallenge | undefined,
  signal: AbortSignal,
): Promise<AuthorizationRequest> {
  const { asking } = lineOf(client);
  const over = new AbortController();
  const { promise: calledOff, reject } = Promise.withResolvers<never>();

  function callOff(error: unknown): void {
    if (over.signal.aborted) return;
    cancelQuietly(client, request.id);
    reject(error);
  }
  const returned = (): void => void asking.delete(request);
  async function begin(): Promise<void> {
    asking.add(request);
    await onChallenge?.({
      request,
      signal: over.signal,
      cancel: () => callOff(new AuthorizationCancelled('The authorization was called off.', request)),
    });
  }

  try {
    if (request.state === 'waiting' && !signal.aborted) begin().catch(callOff).finally(returned);
    const outcome = Promise.race([calledOff, decided(request, over.signal)]);
    return await unlessGiven(signal, outcome, (reason) => nobodyWaits(request, reason));
  } finally {
    over.abort();
    returned(); // Also of what never returns.
  }
}

async function decided(
  request: AuthorizationRequestHandle,
  signal: AbortSignal,
): Promise<AuthorizationRequest> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await request.granted({ signal });
    } catch (error) {
      if (failures >= failuresMax || !isCountersignError(error, 'connection_failed')) throw error;
    }
  }
}

export function nobodyWaits(request: AuthorizationRequest | null, reason: unknown): AuthorizationCancelled {
  return new AuthorizationCancelled('Nobody waits for it any more.', request, reason);
}
