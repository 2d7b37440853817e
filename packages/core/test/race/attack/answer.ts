import type { Arena } from '../arena.ts';
import { checkCall, grantCall, rightCode, tally, verdictOf, wrongCode, type Side } from '../call.ts';
import { openRequest, transferOf } from './open-request.ts';

export interface Beside {
  readonly subjectId: string;
  readonly wrong: number;
  /** Where in the crowd the right answer stands. */
  readonly place: number;
  readonly right: 'grant' | 'check';
  /** Which of the wrong ones are checks: none, or every second one. */
  readonly mixed: boolean;
}

export interface Answered {
  readonly id: string;
  /** What the right answer came to. */
  readonly right: string;
  /** How many wrong ones were compared with the code. */
  readonly judged: number;
  readonly verdicts: Readonly<Record<string, number>>;
}

/** One right answer in the midst of wrong ones, all at the same time. */
export async function answerBesideGuesses(arena: Arena, side: Side, beside: Beside): Promise<Answered> {
  const id = await openRequest(arena, side, transferOf(beside.subjectId));
  const calls = Array.from({ length: beside.wrong }, (_, n) =>
    beside.mixed && n % 2 === 1 ? checkCall(id, wrongCode(n)) : grantCall(id, wrongCode(n)),
  );
  const place = beside.place % (beside.wrong + 1);
  calls.splice(place, 0, beside.right === 'grant' ? grantCall(id, rightCode) : checkCall(id, rightCode));
  const { outcomes } = await arena.race(side, calls);
  const right = outcomes[place];
  const verdicts = tally(outcomes.filter((outcome) => outcome !== right));
  return { id, right: right ? verdictOf(right) : 'none', judged: verdicts['wrong'] ?? 0, verdicts };
}

/** The right answer, many times at the same time. */
export async function answerAtOnce(
  arena: Arena,
  side: Side,
  { subjectId, answers }: { readonly subjectId: string; readonly answers: number },
) {
  const id = await openRequest(arena, side, transferOf(subjectId));
  const { outcomes } = await arena.race(
    side,
    Array.from({ length: answers }, () => grantCall(id, rightCode)),
  );
  const verdicts = tally(outcomes);
  return { id, granted: verdicts['granted'] ?? 0, verdicts };
}
