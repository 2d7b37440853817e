import type { CountersignClient } from '../countersign-client.ts';
import type { OnChallenge } from './pending.ts';
import { perClient } from './per-client.ts';

const handlersOf = perClient(() => new Set<OnChallenge>());

/** Who asks the person where a link has no `onChallenge` of its own: a mounted dialog. Returns its remover. */
export function addChallengeHandler(client: CountersignClient, handler: OnChallenge): () => void {
  const handlers = handlersOf(client);
  const one: OnChallenge = (pending) => handler(pending);
  handlers.add(one);
  return () => void handlers.delete(one);
}

/** The last that was added; undefined when there is none. */
export function challengeHandlerOf(client: CountersignClient): OnChallenge | undefined {
  return [...handlersOf(client)].at(-1);
}
