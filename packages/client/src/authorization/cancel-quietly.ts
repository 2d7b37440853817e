import type { CountersignClient } from '../countersign-client.ts';
import { perClient } from './per-client.ts';

/** Calls that were made before a cancellation are still refused for it a moment later; not for longer than this many. */
const rememberedMax = 100;

const cancellationsOf = perClient(() => new Map<string, Promise<void>>());

/** Calls a request off that nobody wants any more. Nobody waits for it: if it fails, the request expires by itself. */
export function cancelQuietly(client: CountersignClient, id: string): void {
  const ofClient = cancellationsOf(client);
  const forget = (): void => void ofClient.delete(id);
  const cancelled = client.authorizationRequest.cancel({ id }).then(() => undefined, forget);
  ofClient.set(id, cancelled);
  const [oldest] = ofClient.keys();
  if (ofClient.size > rememberedMax && oldest !== undefined) ofClient.delete(oldest);
}

/** Settles when the request has been called off here; undefined when it was not. */
export function cancellationOf(client: CountersignClient, id: string): Promise<void> | undefined {
  return cancellationsOf(client).get(id);
}
