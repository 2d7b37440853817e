import type { AuthorizationRequest } from '@countersign/client';

type Listener = (request: AuthorizationRequest) => void;

const listeners = new Set<Listener>();

/** Told by the link what a call waits for, before the person is asked. */
export function tellAsked(request: AuthorizationRequest): void {
  for (const listener of listeners) listener(request);
}

/** Returns its remover. */
export function onAsked(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
