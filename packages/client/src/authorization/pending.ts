import type { AuthorizationRequestHandle } from '../authorization-request/handle.ts';

/** A call that waits for its authorization, as it is shown to whoever asks the person: `onChallenge`, or the dialog. */
export interface PendingAuthorization {
  /** What is to be authorized. Its `challenge` is null while the person still has a choice of methods. */
  readonly request: AuthorizationRequestHandle;
  /** Given when it is over: granted, denied, expired, called off. Whatever is shown for it can go. */
  readonly signal: AbortSignal;
  /** The person closes it: the request is cancelled, and the call fails with AuthorizationCancelled. */
  cancel(): void;
}

/**
 * Asks the person. The call goes on by itself when the request is granted, by whatever page or phone; so there is
 * nothing to return. What it throws ends the call with that error, and cancels the request.
 *
 * Calls stand in line while the person is asked, but for those that are made before the promise it returns has settled:
 * it may be waiting for one of them, to have the person enrol a factor first, say. Such a call has the person asked at
 * once, on top of this; only the very call that is asked for here waits for itself. What waits for nothing returns
 * nothing, as the dialog does.
 */
export type OnChallenge = (pending: PendingAuthorization) => void | Promise<void>;
