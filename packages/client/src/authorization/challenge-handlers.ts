import type { CountersignClient } from '../countersign-client.ts';
import type { OnChallenge } from './pending.ts';

const handlers = new WeakMap<CountersignClient, readonly OnChallenge[]>();

/** Who asks the person where a link has no `onChallenge` of its own: a mounted dialog. Returns its remover. */
export function addChallengeHandler(client: CountersignClient, handler: OnChallenge): () => void {
  const one: OnChallenge = (pending) => handler(pending);
  handlers.set(client, [...(handlers.get(client) ?? []), one]);
  return () => {
    handlers.set(
      client,
      (handlers.get(client) ?? []).filter((other) => other !== one),
    );
  };
}

/** The last that was added; undefined when there is none. */
export function challengeHandlerOf(client: CountersignClient): OnChallenge | undefined {
  return handlers.get(client)?.at(-1);
}
