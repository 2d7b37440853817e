import { afterAll, beforeAll, expect, it } from 'vitest';
import { findViolations } from '../../testing/invariants.ts';
import { openArena, type Arena } from './arena.ts';
import { guessAtOnce } from './attack/guess.ts';
import { roundsOfGuesses } from './attack/rounds.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterAll(() => arena[Symbol.asyncDispose]());

it('judges exactly five of a thousand parallel wrong guesses from four processes, twenty times', async () => {
  const figures = await roundsOfGuesses(arena, { rounds: 20, name: 'guessed', guesses: 1000 });
  expect(figures).toMatchObject({ rounds: 20, judgedMin: 5, judgedMax: 5 });
  expect(await findViolations(arena.sql, { now: new Date() })).toEqual([]);
}, 120_000);

it('the naive limit that is read, checked, then written judges more than five', async () => {
  const { judged } = await guessAtOnce(
    arena,
    { implementation: 'readCheckWrite' },
    { subjectId: 'ada', guesses: 200 },
  );
  expect(judged).toBeGreaterThan(5);
}, 30_000);

it('the naive limit that is counted in the transaction of a thrown wrong answer judges every guess', async () => {
  const side = { implementation: 'countedThenThrown' };
  const { judged } = await guessAtOnce(arena, side, { subjectId: 'ada', guesses: 200 });
  expect(judged).toBe(200);
}, 30_000);
