import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decide } from '../src/authorization-request/state.ts';
import { naiveMachines } from './model/naive.ts';
import { provePure } from './model/pure-proof.ts';

/** Printed with every failure; put it here to repeat one. */
const seed = randomInt(1, 2 ** 31);

it(
  'the state machine does what the specification says, through 100,000 random steps',
  { timeout: 60_000 },
  () => {
    console.log(`model: seed ${seed}`);
    const tally = provePure(decide, 100_000, seed);
    expect(tally.steps).toBeGreaterThanOrEqual(100_000);
    console.log(tally.answers());
    for (const answer of [
      'done',
      'right',
      'wrong',
      'expired',
      'not_waiting',
      'attempts_exhausted',
      'rate_limited',
      'not_granted',
      'already_consumed',
      'execution_window_passed',
    ]) {
      expect(tally.of(answer), `${answer} was hardly met`).toBeGreaterThan(50);
    }
  },
);

describe('the model finds', () => {
  for (const [mistake, machine] of Object.entries(naiveMachines)) {
    it(mistake, () => {
      expect(() => provePure(machine, 100_000, seed)).toThrow(/step \d+/);
    });
  }
});
