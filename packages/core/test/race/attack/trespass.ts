import type { Actor } from '../../../src/index.ts';
import type { Arena } from '../arena.ts';
import { grantCall, rightCode, verdictOf, type Side } from '../call.ts';
import { consumeCall, openGrant } from './consume.ts';
import { createCall, transferOf } from './open-request.ts';

// Attempts at what is not one's own. Each answers whether it succeeded.

/** The right code when the time is over, so many milliseconds later, and nobody has cleaned up. */
export async function answerAfterExpiry(arena: Arena, side: Side, milliseconds: number): Promise<boolean> {
  const now = Date.UTC(2026, 5, 1, 12);
  const call = createCall(transferOf('ada'), { expiresInSeconds: 60 });
  const { id } = await arena.ask<{ id: string }>(side, call, now);
  const outcome = await arena.attempt(side, grantCall(id, rightCode), now + 60_000 + milliseconds);
  return verdictOf(outcome) === 'granted';
}

/** A request that is opened for this subject, or for nobody, and answered by the other one. */
export async function answerAs(
  arena: Arena,
  side: Side,
  owner: string | undefined,
  other: string,
): Promise<boolean> {
  const created = await arena.attempt(side, createCall(transferOf('nobody'), { subjectId: owner }));
  if (!created.ok) return false;
  const { id } = created.answer as { id: string };
  return verdictOf(await arena.attempt(side, grantCall(id, rightCode, subject(other, null)))) === 'granted';
}

/** An operation that must be bound to a session, opened in this one and answered in that one. */
export async function answerInSession(
  arena: Arena,
  side: Side,
  opened: string | null,
  answered: string | null,
): Promise<boolean> {
  const asked = { ...transferOf('ada'), slug: 'close-account' };
  const created = await arena.attempt(side, createCall(asked, { sessionId: opened, title: undefined }));
  if (!created.ok) return false;
  const { id } = created.answer as { id: string };
  return (
    verdictOf(await arena.attempt(side, grantCall(id, rightCode, subject('ada', answered)))) === 'granted'
  );
}

/** Ada's grant, with her data, used for this subject. */
export async function consumeFor(arena: Arena, side: Side, subjectId: string): Promise<boolean> {
  const id = await openGrant(arena, side, transferOf('ada'));
  return (await arena.attempt(side, consumeCall(id, transferOf(subjectId)))).ok;
}

function subject(subjectId: string, sessionId: string | null): Actor {
  return { kind: 'subject', subjectId, sessionId };
}
