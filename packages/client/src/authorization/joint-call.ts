import type { AuthorizationRequest } from '../generated/schema.ts';
import { authorize } from './authorize.ts';
import { cancelQuietly } from './cancel-quietly.ts';
import { nobodyWaits } from './ceremony.ts';
import { assign, liveCallsOf, type LiveCall } from './live-call.ts';
import type { RefusedCall } from './refused-call.ts';
import { unlessGiven } from './unless-given.ts';
import { discard, isUsed } from './use-grant.ts';

/** Identical calls that wait: one request, one ceremony, one run, and its outcome is that of all. */
export interface JointCall {
  /** Whether a call that was refused for this request is one of them. */
  includes(request: AuthorizationRequest): boolean;
  /**
   * Waits with the others, at most until the signal is given. When the last one leaves, the request is cancelled.
   * `request` is what this one was refused for: if that is another one, it was made too late and is called off.
   */
  join(request: AuthorizationRequest, signal: AbortSignal | undefined): Promise<unknown>;
  /**
   * One with the same key was let through by itself. That is the answer of all if the grant is used by then. Otherwise it
   * was let through for something else, and may be another person's.
   */
  passed(value: unknown): Promise<void>;
  readonly over: Promise<void>;
}

export function createJointCall(refused: RefusedCall): JointCall {
  const { client } = refused;
  const calls = liveCallsOf(client);
  const abandoned = new AbortController();
  const { promise: outcome, resolve, reject } = Promise.withResolvers<unknown>();
  const end = (): void => void calls.delete(live);
  const over = outcome.then(end, end);
  const live: LiveCall = {
    request: refused.request,
    isGranted: false,
    isSent: false,
    taken: undefined,
    passed: undefined,
    over,
  };
  let waiting = 0;

  assign(client, live, refused.request);
  calls.add(live);
  authorize(refused, live, abandoned.signal).then(resolve, reject);

  function leave(error: unknown): void {
    waiting -= 1;
    if (waiting > 0 || !calls.has(live)) return;
    if (!live.isSent) cancelQuietly(client, live.request.id);
    abandoned.abort();
    reject(error);
  }

  return {
    over,
    async passed(value) {
      if (await isUsed(refused, live).catch(() => false)) live.passed ??= { value };
    },
    includes: (request) => !abandoned.signal.aborted && identityOf(request) === identityOf(refused.request),
    async join(request, signal) {
      if (request.id !== live.request.id) discard(refused, request.id);
      waiting += 1;
      return await unlessGiven(signal, outcome, (reason) => {
        // What was sent may have happened: then it is no cancellation.
        const error = live.isSent ? reason : nobodyWaits(live.request, reason);
        leave(error);
        return error;
      });
    },
  };
}

/** Whose it is, and what it authorizes. */
function identityOf({ subjectId, sessionId, slug, dataHash }: AuthorizationRequest): string {
  return JSON.stringify([subjectId, sessionId, slug, dataHash]);
}
