import type { Arena } from '../arena.ts';
import { grantCall, tally, wrongCode, type Side } from '../call.ts';
import { createCall, transferOf } from './open-request.ts';

export interface Guessing {
  readonly subjectId: string;
  /** Wrong codes, all at once, dealt out over the requests. */
  readonly guesses: number;
  readonly requests?: number;
  /** The moment at which every clock stands still. */
  readonly now?: number | null;
  readonly expiresInSeconds?: number;
}

export interface Guessed {
  readonly ids: readonly string[];
  /** How many of the guesses were compared with the code. */
  readonly judged: number;
  readonly verdicts: Readonly<Record<string, number>>;
}

/** Wrong guesses at new requests of one subject, from every process at the same time. */
export async function guessAtOnce(arena: Arena, side: Side, guessing: Guessing): Promise<Guessed> {
  const { subjectId, requests = 1, now = null, expiresInSeconds = 300 } = guessing;
  const call = createCall(transferOf(subjectId), { expiresInSeconds });
  const ids: string[] = [];
  for (let n = 0; n < requests; n += 1) ids.push((await arena.ask<{ id: string }>(side, call, now)).id);
  return await guessAgain(arena, side, { ...guessing, ids });
}

/** Wrong guesses at these requests. */
export async function guessAgain(
  arena: Arena,
  side: Side,
  { ids, guesses, now = null }: Pick<Guessing, 'guesses' | 'now'> & { readonly ids: readonly string[] },
): Promise<Guessed> {
  const calls = Array.from({ length: guesses }, (_, n) =>
    grantCall(ids[n % ids.length] as string, wrongCode(n)),
  );
  const { outcomes } = await arena.race(side, calls, now);
  const verdicts = tally(outcomes);
  return { ids, judged: verdicts['wrong'] ?? 0, verdicts };
}
