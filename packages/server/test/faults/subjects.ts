import type { Person } from '../kill/cycle.ts';

/** So many that the attempts which faults cost stay below what one subject may lose in a day. */
const subjects = 40;
/** Of them, those whose streams are read. */
export const followed = ['subject-0', 'subject-1', 'subject-2', 'subject-3'];

/** All subjects by turns; no wrong answers, since a fault can cost an attempt. */
export function subjectOf(number: number, turn: number): Person {
  return {
    subjectId: `subject-${(number * 7 + turn) % subjects}`,
    name: `call-${number}-${turn}`,
    guesses: false,
  };
}
