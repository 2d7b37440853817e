import { CountersignError } from '../error.ts';
import { cancelQuietly } from './cancel-quietly.ts';
import { liveCallsOf, type LiveCall } from './live-call.ts';
import { requestOf } from './refusal.ts';
import { send, type RefusedCall } from './refused-call.ts';

/**
 * Makes a call whose request is granted, unless the grant has been used meanwhile: by an identical call of this page,
 * whose answer is this one's too, or elsewhere.
 *
 * @throws CountersignError `already_consumed` when it was elsewhere; whatever the call throws.
 */
export async function useGrant(refused: RefusedCall, live: LiveCall, signal: AbortSignal): Promise<unknown> {
  const { client, others } = refused;
  if (await isUsedByNow()) return answerOfUser(live);
  try {
    return await send(refused, live, signal);
  } catch (error) {
    const late = await requestOf(client, error);
    if (late === undefined || !(await isUsedByNow())) throw error;
    discard(refused, late.id);
    return answerOfUser(live);
  }

  async function isUsedByNow(): Promise<boolean> {
    await others();
    return await isUsed(refused, live, signal);
  }
}

export async function isUsed(
  { client }: Pick<RefusedCall, 'client'>,
  { request: { id } }: LiveCall,
  signal?: AbortSignal,
): Promise<boolean> {
  const { consumedAt } = await client.authorizationRequest.get({ id }, { signal });
  return consumedAt !== null;
}

/** Calls a request off that was made only because a call came too late. */
export function discard({ client }: Pick<RefusedCall, 'client'>, id: string): void {
  if ([...liveCallsOf(client)].every(({ request }) => request.id !== id)) cancelQuietly(client, id);
}

function answerOfUser({ passed, request }: LiveCall): unknown {
  if (passed !== undefined) return passed.value;
  throw new CountersignError({
    reason: 'already_consumed',
    message: 'The authorization was used already.',
    code: 'CONFLICT',
    httpStatus: 409,
    authorizationRequest: request,
  });
}
