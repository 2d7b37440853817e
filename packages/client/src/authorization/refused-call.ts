import type { AuthorizationRequestHandle } from '../authorization-request/handle.ts';
import type { CountersignClient } from '../countersign-client.ts';
import type { AuthorizationRequest } from '../generated/schema.ts';
import type { LiveCall } from './live-call.ts';
import type { OnChallenge } from './pending.ts';

/** A call that was refused, and all that it takes to make it once more. */
export interface RefusedCall {
  readonly client: CountersignClient;
  /** Who asks the person now. */
  readonly handler: () => OnChallenge | undefined;
  readonly onAsked?: ((request: AuthorizationRequest) => void) | undefined;
  /** Makes the call once more. */
  readonly call: (signal: AbortSignal) => Promise<unknown>;
  /** Waits for identical calls that have no answer yet, for a while: one of them may be what uses the grant. */
  readonly others: () => Promise<void>;
  /** Made while something asked: it may be waited for there, and stands in no line. */
  readonly isInner: boolean;
  /** What it was refused with, and for what, as the server of the client tells it. */
  readonly refusal: unknown;
  readonly request: AuthorizationRequestHandle;
}

export async function send({ call }: RefusedCall, live: LiveCall, signal: AbortSignal): Promise<unknown> {
  signal.throwIfAborted();
  live.isSent = true;
  try {
    return await call(signal);
  } finally {
    live.isSent = false;
  }
}
