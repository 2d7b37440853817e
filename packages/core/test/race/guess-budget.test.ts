import { afterAll, beforeAll, expect, it } from 'vitest';
import { core, openArena, type Arena } from './arena.ts';
import { guessAgain, guessAtOnce } from './attack/guess.ts';
import { looseCharges } from './look.ts';
import { withoutOtherLimits } from './without-other-limits.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterAll(() => arena[Symbol.asyncDispose]());

const noon = Date.UTC(2026, 5, 1, 12);
const day = 24 * 3600 * 1000;

it('judges twenty wrong guesses of a subject in 24 hours, of a thousand at once over 200 requests', async () => {
  const side = { ...core, limits: withoutOtherLimits('wrongProofsPerDayMax') };
  const attack = { subjectId: 'ada', guesses: 1000, requests: 200 };
  const first = await guessAtOnce(arena, side, { ...attack, now: noon });
  expect(first.judged).toBe(20);
  expect(first.verdicts).toHaveProperty('subject_locked');
  expect(await looseCharges(arena.sql, 'ada')).toMatchObject({ charges: 20 });

  const dayLater = await guessAtOnce(arena, side, {
    ...attack,
    requests: 4,
    guesses: 40,
    now: noon + day - 1,
  });
  expect(dayLater.verdicts).toEqual({ subject_locked: 40 });
  const afterwards = await guessAgain(arena, side, { ids: dayLater.ids, guesses: 200, now: noon + day });
  expect(afterwards.judged).toBe(20);
}, 60_000);

it('the naive limit that a new request refills judges all of them', async () => {
  const side = { implementation: 'attemptsPerRequest' };
  const { judged } = await guessAtOnce(arena, side, { subjectId: 'ada', guesses: 200, requests: 40 });
  expect(judged).toBe(200);
}, 60_000);

it('locks a factor after fifty consecutive wrong guesses, however many come at once', async () => {
  const side = { ...core, limits: withoutOtherLimits('consecutiveWrongMax') };
  const { judged, verdicts } = await guessAtOnce(arena, side, {
    subjectId: 'grace',
    guesses: 400,
    requests: 80,
  });
  expect(judged).toBe(50);
  expect(verdicts).toHaveProperty('factor_locked');
}, 60_000);

it('lets one guess through after each wait of 30 s, 60 s, 120 s …, of however many come at once', async () => {
  const attack = { guesses: 200, expiresInSeconds: 3600 };
  const start = await guessAtOnce(arena, core, {
    ...attack,
    subjectId: 'alan',
    requests: 10,
    guesses: 1000,
    now: noon,
  });
  expect(start.judged).toBe(5);
  expect(start.verdicts['factor_locked']).toBeGreaterThan(0);

  let now = noon;
  for (const seconds of [30, 60, 120, 240, 480, 960]) {
    const early = await guessAgain(arena, core, {
      ids: start.ids,
      guesses: 20,
      now: now + seconds * 1000 - 1,
    });
    expect(early.judged).toBe(0);
    now += seconds * 1000;
    const { judged } = await guessAgain(arena, core, { ids: start.ids, guesses: 200, now });
    expect({ seconds, judged }).toEqual({ seconds, judged: 1 });
  }
}, 60_000);
