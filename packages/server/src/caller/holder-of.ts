import { actorOf, type Caller } from './caller.ts';

/**
 * Whose places a caller takes, of streams and of connections: its subject's, a device as well. What was narrowed from
 * a token has places of its own, all delegates of one token together, so that the least of them cannot shut its
 * subject out. Null for who acts for everybody, or nobody.
 */
export function holderOf(caller: Caller): string | null {
  const actor = actorOf(caller);
  if (actor === null || !('subjectId' in actor)) return null;
  const isNarrowed = caller.kind === 'bearer' && caller.presented.accepted.blocks.length > 0;
  return isNarrowed
    ? JSON.stringify([caller.presented.accepted.id])
    : JSON.stringify([null, actor.subjectId]);
}
