import { isCountersignError } from '../../error.ts';
import { pause } from '../../pause.ts';
import { newKey } from '../../runtime.ts';

const betweenTriesMilliseconds = 1_500;

/** No answer came, and asking again may bring one. */
export function isAway(error: unknown): boolean {
  return (
    isCountersignError(error, 'connection_failed') || isCountersignError(error, 'unavailable_dependency')
  );
}

/** Makes a mutation until an answer is there. Its key stays the same, so that what arrives twice happens once. */
export async function answered<Answer>(
  call: (idempotencyKey: string) => Promise<Answer>,
  offline: (isOffline: boolean) => void,
  signal: AbortSignal,
): Promise<Answer> {
  const key = newKey();
  for (;;)
    try {
      const answer = await call(key);
      offline(false);
      return answer;
    } catch (error) {
      offline(isAway(error));
      if (!isAway(error) || signal.aborted) throw error;
      await pause(betweenTriesMilliseconds, signal);
    }
}
