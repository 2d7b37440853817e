import { afterAll, beforeAll, expect, it } from 'vitest';
import { findViolations } from '../../testing/invariants.ts';
import { core, openArena, type Arena } from './arena.ts';
import { answerAtOnce, answerBesideGuesses } from './attack/answer.ts';
import { openRequest, transferOf } from './attack/open-request.ts';
import { roundsAmongGuesses, roundsBesideGuesses, roundsOfRightAnswers } from './attack/rounds.ts';
import { checkCall, rightCode, tally, type Call } from './call.ts';
import { look } from './look.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterAll(async () => {
  expect(await findViolations(arena.sql, { now: new Date() })).toEqual([]);
  await arena[Symbol.asyncDispose]();
});

it('never loses a right answer beside four parallel wrong ones, in 200 rounds of grants and checks', async () => {
  expect(await roundsBesideGuesses(arena, { rounds: 200, name: 'beside' })).toMatchObject({ lost: 0 });
}, 60_000);

it('grants by a right answer among thirty wrong ones whenever an attempt was left for it, in 100 rounds', async () => {
  const { granted, refusedUnjudged } = await roundsAmongGuesses(arena, {
    rounds: 100,
    name: 'among',
    wrong: 30,
  });
  expect(granted).toBeGreaterThan(0);
  expect(refusedUnjudged).toBeGreaterThan(0);
}, 60_000);

it('the naive decision that depends on what wrong guesses change loses the right answer', async () => {
  let lost = 0;
  for (let round = 0; round < 50; round += 1) {
    const beside = {
      subjectId: `version-${round}`,
      wrong: 4,
      place: round,
      right: 'grant',
      mixed: false,
    } as const;
    const { right } = await answerBesideGuesses(arena, { implementation: 'decidedByVersion' }, beside);
    if (right !== 'granted') lost += 1;
  }
  expect(lost).toBeGreaterThan(0);
}, 30_000);

it('grants once by two hundred parallel right answers, and holds none of them against the subject', async () => {
  expect(await roundsOfRightAnswers(arena, { rounds: 5, name: 'right', answers: 200 })).toMatchObject({
    grantsPerRound: 1,
  });
}, 30_000);

it('grants once by two hundred parallel grants that lean on one right check', async () => {
  const id = await openRequest(arena, core, transferOf('checked'));
  await arena.ask(core, checkCall(id, rightCode));
  const leaning: Call = { command: 'grant', input: { id } };
  const { outcomes } = await arena.race(core, Array<Call>(200).fill(leaning));
  const { granted, not_waiting: decided = 0, proof_required: unproven = 0 } = tally(outcomes);
  expect({ granted, refused: decided + unproven }).toEqual({ granted: 1, refused: 199 });
  expect(await look(arena.sql, id)).toMatchObject({ state: 'granted', proofs: 1 });
}, 30_000);

it('the naive code that is read, compared and removed in separate steps grants more than once', async () => {
  const side = { implementation: 'separateSteps' };
  const { granted } = await answerAtOnce(arena, side, { subjectId: 'grace', answers: 200 });
  expect(granted).toBeGreaterThan(1);
}, 30_000);
