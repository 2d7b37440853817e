import fc from 'fast-check';
import { playPure } from './pure-run.ts';
import { pureStep } from './pure-step.ts';
import type { Decide } from './pure-system.ts';
import { Tally } from './tally.ts';

const stepsPerRunMax = 150;
const runsPerRound = 50;

/**
 * Plays random lives against the state machine until so many steps were taken. Throws with the shortest
 * life that differs, and how to repeat it; otherwise tells what was met.
 */
export function provePure(decide: Decide, steps: number, seed: number): Tally {
  const tally = new Tally();
  for (let round = 0; tally.steps < steps; round += 1) {
    fc.assert(
      fc.property(fc.array(pureStep, { maxLength: stepsPerRunMax, size: 'max' }), (life) => {
        const wrong = playPure(life, decide, tally);
        if (wrong !== null) throw new Error(wrong);
      }),
      { seed: seed + round, numRuns: runsPerRound, includeErrorInReport: true },
    );
  }
  return tally;
}
