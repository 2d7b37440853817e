import type { CountersignClient } from '../countersign-client.ts';
import type { AuthorizationRequest } from '../generated/schema.ts';
import { perClient } from './per-client.ts';

/** A call of this page that waits for its authorization, or uses it. */
export interface LiveCall {
  /** How its request stood when it was last looked at. */
  request: AuthorizationRequest;
  isGranted: boolean;
  /** It is being made once more: from now on it may have happened. */
  isSent: boolean;
  /** Settles when whoever uses the grant of this request, or calls it off, is done; undefined when nobody does. */
  taken: Promise<void> | undefined;
  /** What an identical call was answered that was let through by itself, and has used the grant. */
  passed: { readonly value: unknown } | undefined;
  readonly over: Promise<void>;
}

/** All of a client, so that they do not take each other's grant for the doing of another tab. */
export const liveCallsOf = perClient(() => new Set<LiveCall>());

/** Gives a call the request to wait for. */
export function assign(client: CountersignClient, live: LiveCall, request: AuthorizationRequest): void {
  const holder = [...liveCallsOf(client)].find((other) => other.isGranted && other.request.id === request.id);
  live.request = request;
  live.isGranted = false;
  live.taken = holder?.over;
}

/** The request of a call was granted. Another call with the same data may wait for it too; a grant is for one. */
export function take(client: CountersignClient, live: LiveCall, granted: AuthorizationRequest): void {
  for (const other of liveCallsOf(client))
    if (other !== live && other.request.id === granted.id) other.taken = live.over;
  live.request = granted;
  live.isGranted = true;
}
