import type { AuthorizationRequest, Challenge } from '../../generated/schema.ts';
import type { Notice } from './notice.ts';

/** What is shown of a pending authorization; replaced as a whole whenever something of it changes. */
export interface CeremonyView {
  readonly request: AuthorizationRequest;
  /** The way that the person proves by; null while it is to be chosen. */
  readonly method: string | null;
  /** What that way asks, while it can be answered. */
  readonly challenge: Challenge | null;
  /** What is under way: a proof is being judged, or something else is waited for. */
  readonly busy: 'proving' | 'asking' | null;
  /** The person has closed it while a proof was judged: it goes when the answer is there. */
  readonly isLeaving: boolean;
  readonly isOffline: boolean;
  /** The person has said here that it was somebody else. */
  readonly isDisowned: boolean;
  /** The way whose last message was not handed over. */
  readonly undelivered: string | null;
  /** No further message is sent for this request. */
  readonly isSentOut: boolean;
  readonly notice: Notice | null;
  /** Counts the answers that were no grant, so that the field is selected anew each time. */
  readonly refusals: number;
  /** Milliseconds that the server's clock is ahead of this one's. */
  readonly skew: number;
}

export function viewAtFirst(request: AuthorizationRequest): CeremonyView {
  const [first, second] = request.methods;
  return {
    request,
    method: request.challenge?.method ?? (second === undefined ? (first ?? null) : null),
    challenge: null,
    busy: null,
    isLeaving: false,
    isOffline: false,
    isDisowned: false,
    undelivered: null,
    isSentOut: false,
    notice: null,
    refusals: 0,
    skew: 0,
  };
}

const lifetimeMaxMilliseconds = 60 * 60_000;
/** Less is not worth a new code. */
const extensionMinMilliseconds = 30_000;

/** A request lives an hour at most (the contract, `authorizationRequest.reset`). */
export function canHaveMoreTime({ request, isSentOut }: CeremonyView): boolean {
  const end = request.createdAt.getTime() + lifetimeMaxMilliseconds;
  return !isSentOut && end - request.expiresAt.getTime() >= extensionMinMilliseconds;
}
