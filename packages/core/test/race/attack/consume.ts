import type { Arena } from '../arena.ts';
import { grantCall, rightCode, tally, type Call, type Side } from '../call.ts';
import { openRequest, transferOf, type Asked } from './open-request.ts';

/** A granted request of this subject; the id that its grant is used by. */
export async function openGrant(arena: Arena, side: Side, asked: Asked): Promise<string> {
  const id = await openRequest(arena, side, asked);
  const answer = await arena.ask<{ granted: boolean; request: { id: string } }>(
    side,
    grantCall(id, rightCode),
  );
  if (!answer.granted) throw new Error('the right code did not grant');
  return answer.request.id;
}

export function consumeCall(id: string, asked: Asked, more: Readonly<Record<string, unknown>> = {}): Call {
  return { command: 'consume', input: { id, ...asked, ...more } };
}

/** One grant, used many times at the same time. */
export async function consumeAtOnce(
  arena: Arena,
  side: Side,
  { subjectId, times }: { readonly subjectId: string; readonly times: number },
) {
  const asked = transferOf(subjectId);
  const id = await openGrant(arena, side, asked);
  const { outcomes } = await arena.race(
    side,
    Array.from({ length: times }, () => consumeCall(id, asked)),
  );
  const verdicts = tally(outcomes);
  return { id, consumed: verdicts['done'] ?? 0, verdicts };
}
