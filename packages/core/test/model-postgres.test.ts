import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../src/limits.ts';
import { naiveDatabases } from './model/naive-database.ts';
import { PostgresSystem } from './model/postgres-system.ts';
import { specifiedLimits, tightLimits } from './model/specified-limits.ts';
import type { Tally } from './model/tally.ts';
import { proveWorld } from './model/world-proof.ts';

/** Printed; put it here to repeat a run. */
const seed = randomInt(1, 2 ** 31);
const timeout = 120_000;

it('has the limits that the threat model promises, when nothing else is said', () => {
  expect(defaultLimits).toEqual(specifiedLimits);
});

/** What a run must have met, or it has shown nothing. */
function expectMet(tally: Tally, ...answers: readonly string[]): void {
  expect(answers.filter((answer) => tally.of(answer) === 0)).toEqual([]);
}

it(
  'core on PostgreSQL does what the specification says, through 2,500 random steps',
  { timeout },
  async () => {
    console.log(`model: seed ${seed}`);
    await using system = await PostgresSystem.open();
    const tally = await proveWorld(system, { steps: 2500, seed, stepsBetweenReadings: 500 });
    expect(tally.steps).toBeGreaterThanOrEqual(2500);
    console.log(tally.answers());
    // The rare ones are asked of the long run: proof/model.proof.ts.
    expectMet(tally, 'right', 'wrong', 'expired', 'not_waiting', 'not_granted', 'not_found');
    expectMet(tally, 'forbidden', 'invalid_input', 'proof_required', 'rate_limited', 'is being judged');
  },
);

it('and through 2,500 more, under limits that are met all the time', { timeout }, async () => {
  await using system = await PostgresSystem.open(tightLimits);
  const tally = await proveWorld(system, {
    steps: 2500,
    seed,
    stepsBetweenReadings: 500,
    limits: tightLimits,
  });
  expect(tally.steps).toBeGreaterThanOrEqual(2500);
  console.log(tally.answers());
  expectMet(tally, 'right', 'wrong', 'factor_locked', 'rate_limited');
});

describe('the model, or an invariant, finds', () => {
  for (const [mistake, sql] of Object.entries(naiveDatabases)) {
    it(mistake, { timeout }, async () => {
      await using system = await PostgresSystem.open();
      await system.test.database.sql.query(sql);
      // It ends at the first find, after some hundred steps; a seed that needs ten times as many is no luck.
      const proving = proveWorld(system, { steps: 20_000, seed, stepsBetweenReadings: 100, firstOnly: true });
      await expect(proving).rejects.toThrow(/step \d+, |after \d+ steps: |at the end: /);
    });
  }
});
