import { createBackoff } from '../backoff.ts';
import { connectionFailed, failureOf } from '../failure.ts';
import type { CallOptions } from '../generated/client.ts';
import type { Procedure } from '../generated/procedures.ts';
import { TokenFailure } from '../credentials.ts';
import { createDeadline } from './deadline.ts';
import { pause } from '../pause.ts';
import { revive } from '../revive.ts';
import { newKey } from '../runtime.ts';
import { isCountersignError, recordOf, type CountersignError } from '../error.ts';
import type { Http } from './http.ts';

const pauses = { firstMilliseconds: 200, maxMilliseconds: 5_000 };

export interface Caller {
  readonly http: Http;
  readonly retries: number;
  /** An answer that takes longer never comes. */
  readonly answerMilliseconds: number;
  /** Given when the client is closed. */
  readonly closing: AbortSignal;
}

/**
 * Makes a query or a mutation. When no answer comes it is repeated: a query changes nothing, and a mutation
 * has an idempotency key, made here if the caller gave none, so its effect happens once. Such a repetition is
 * answered by what the first time did, with `null` in the place of a secret that was shown only then.
 *
 * @throws CountersignError; the signal's reason once it is given.
 */
export async function call(
  { http, retries, answerMilliseconds, closing }: Caller,
  path: string,
  procedure: Procedure,
  input: unknown,
  { signal }: CallOptions = {},
): Promise<unknown> {
  const type = procedure.type === 'query' ? 'query' : 'mutation';
  const sent = {
    type,
    path,
    input: type === 'query' ? input : withKey(input),
    alone: procedure.proof === true,
  } as const;
  const backoff = createBackoff(pauses);
  for (let attempt = 0; ; attempt += 1) {
    signal?.throwIfAborted();
    if (closing.aborted) throw connectionFailed(new Error('the client is closed'));
    const deadline = createDeadline(answerMilliseconds, [signal, closing]);
    try {
      const answer = http({ ...sent, signal: deadline.signal });
      return revive(await Promise.race([answer, deadline.passed]), procedure.dates);
    } catch (cause) {
      signal?.throwIfAborted();
      const thrown = cause instanceof TokenFailure ? cause : recordOf(cause)['cause'];
      if (thrown instanceof TokenFailure) throw thrown.cause;
      const failure = failureOf(cause);
      if (attempt >= retries || !isWorthRepeating(failure, attempt)) throw failure;
    } finally {
      deadline.end();
    }
    await pause(backoff.next(), signal ?? closing);
  }
}

function withKey(input: unknown): unknown {
  const given = recordOf(input);
  return { ...given, idempotencyKey: given['idempotencyKey'] ?? newKey() };
}

/** Our own earlier attempt may still be running when its repetition arrives. */
function isWorthRepeating(failure: CountersignError, attempt: number): boolean {
  if (isCountersignError(failure, 'idempotency_conflict'))
    return attempt > 0 && recordOf(failure.details)['inProgress'] === true;
  return failure.reason === 'connection_failed' || failure.reason === 'unavailable_dependency';
}
