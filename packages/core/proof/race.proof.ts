import type { Proof } from '../../../scripts/proof-contract.ts';
import { startOwnServer } from '../test/log/own-server.ts';
import { openArena } from '../test/race/arena.ts';
import { answerAtOnce, answerBesideGuesses } from '../test/race/attack/answer.ts';
import { claim } from '../test/race/attack/claim.ts';
import { consumeAtOnce } from '../test/race/attack/consume.ts';
import { raceDecisions } from '../test/race/attack/decide.ts';
import { guessAtOnce } from '../test/race/attack/guess.ts';
import { mixCommands } from '../test/race/attack/mix.ts';
import {
  roundsAmongGuesses,
  roundsBesideGuesses,
  roundsOfConsumers,
  roundsOfGuesses,
  roundsOfRightAnswers,
} from '../test/race/attack/rounds.ts';
import { findViolations } from '../testing/invariants.ts';
import { openTestCore } from '../testing/index.ts';
import type { Arena } from '../test/race/arena.ts';

/**
 * Parallel callers in four processes gain nothing: five guesses are judged of a thousand, a right answer is
 * never lost beside them, one grant is consumed once, one decision wins (I1, I2, I4, I9), no lock is a dead one.
 */
export const proof: Proof = {
  name: 'race',
  async run({ short, seed, log }) {
    await using _server = await startOwnServer();
    const arena = await openArena();
    const rounds = (full: number, few: number) => (short ? few : full);
    try {
      const guesses = await roundsOfGuesses(arena, {
        rounds: rounds(200, 3),
        name: 'guessed',
        guesses: 1000,
      });
      log(`guesses: ${JSON.stringify(guesses)}`);
      const beside = await roundsBesideGuesses(arena, { rounds: rounds(5000, 60), name: 'beside' });
      log(`right beside four wrong: ${JSON.stringify(beside)}`);
      const among = await roundsAmongGuesses(arena, { rounds: rounds(1000, 30), name: 'among', wrong: 30 });
      log(`right among thirty wrong: ${JSON.stringify(among)}`);
      const rights = await roundsOfRightAnswers(arena, {
        rounds: rounds(50, 2),
        name: 'right',
        answers: 200,
      });
      const consumers = await roundsOfConsumers(arena, {
        rounds: rounds(50, 2),
        name: 'consumed',
        times: 200,
      });
      const violations = await findViolations(arena.sql, { now: new Date() });
      claim(violations.length === 0, violations.join('\n'));
      log(`right answers and consumers: ${JSON.stringify({ rights, consumers })}`);
      const naive = await attackNaive(arena);
      log(`naive: ${JSON.stringify(naive)}`);
      const decisions = await decide(rounds(2000, 40), seed);
      const mixed = await mix(rounds(60_000, 3000), seed);
      claim(mixed.deadlocks === 0, `${mixed.deadlocks} deadlocks`);
      return {
        processes: 4,
        guesses,
        beside,
        among,
        rights,
        consumers,
        decisions,
        mixed,
        naive,
        violations: 0,
      };
    } finally {
      await arena[Symbol.asyncDispose]();
    }
  },
};

async function decide(rounds: number, seed: number) {
  await using test = await openTestCore();
  const winners = await raceDecisions(test, { rounds, seed });
  const violations = await findViolations(test.database.sql, { now: test.clock.now() });
  claim(violations.length === 0, violations.join('\n'));
  return { rounds, winners };
}

async function mix(milliseconds: number, seed: number) {
  await using arena = await openArena();
  return await mixCommands(arena, { milliseconds, seed });
}

/** The same attacks where they succeed, so that it is known that they would be noticed. */
async function attackNaive(arena: Arena) {
  const guess = { subjectId: 'naive', guesses: 200 };
  const { judged: readCheckWrite } = await guessAtOnce(arena, { implementation: 'readCheckWrite' }, guess);
  const { judged: countedThenThrown } = await guessAtOnce(
    arena,
    { implementation: 'countedThenThrown' },
    guess,
  );
  const answers = { subjectId: 'naive', answers: 200 };
  const { granted: separateSteps } = await answerAtOnce(arena, { implementation: 'separateSteps' }, answers);
  const uses = { subjectId: 'naive', times: 200 };
  const { consumed: checkedThenConsumed } = await consumeAtOnce(
    arena,
    { implementation: 'checkedThenConsumed' },
    uses,
  );
  let lost = 0;
  for (let round = 0; round < 50; round += 1) {
    const beside = {
      subjectId: `naive-${round}`,
      wrong: 4,
      place: round,
      right: 'grant',
      mixed: false,
    } as const;
    const { right } = await answerBesideGuesses(arena, { implementation: 'decidedByVersion' }, beside);
    if (right !== 'granted') lost += 1;
  }
  claim(readCheckWrite > 5 && countedThenThrown === 200, 'the naive limits held');
  claim(separateSteps > 1 && checkedThenConsumed > 1 && lost > 0, 'a naive version held');
  return {
    judgedOf200: { readCheckWrite, countedThenThrown },
    grantsOf200: { separateSteps },
    consumptionsOf200: { checkedThenConsumed },
    rightAnswersLostOf50: { decidedByVersion: lost },
  };
}
