import fc from 'fast-check';
import type { Limits } from '../../src/limits.ts';
import { findChanges, findViolations, snapshotImmutable } from '../../testing/invariants.ts';
import type { PostgresSystem } from './postgres-system.ts';
import { specifiedLimits } from './specified-limits.ts';
import { Tally } from './tally.ts';
import { playWorld } from './world-run.ts';
import { world } from './world-step.ts';

export interface WorldProof {
  readonly steps: number;
  readonly seed: number;
  readonly limits?: Partial<Limits>;
  /** How many steps lie between two readings of the invariants, at least. */
  readonly stepsBetweenReadings: number;
  /** Report the first world that differs and do not look for a shorter one. */
  readonly firstOnly?: boolean;
  log?(line: string): void;
}

const worldsPerRound = 5;

/**
 * Plays random worlds against core on PostgreSQL until so many steps were taken, and reads the invariants from
 * the tables now and then. Throws with the shortest world that differs; otherwise tells what was met.
 */
export async function proveWorld(system: PostgresSystem, proof: WorldProof): Promise<Tally> {
  const { steps, seed, limits = {}, stepsBetweenReadings } = proof;
  const { sql } = system.test.database;
  const tally = new Tally();
  let before = await snapshotImmutable(sql);
  let readAt = 0;
  const read = async (): Promise<void> => {
    const violations = await findViolations(sql, { now: new Date(system.now()), limits });
    violations.push(...(await findChanges(sql, before)));
    if (violations.length > 0) throw new Error(`after ${tally.steps} steps: ${violations.join('\n')}`);
    before = await snapshotImmutable(sql);
    readAt = tally.steps;
    proof.log?.(`${tally.steps} steps, no invariant broken`);
  };
  for (let round = 0; tally.steps < steps; round += 1) {
    await fc.assert(
      fc.asyncProperty(world, async (life) => {
        const wrong = await playWorld(life, system, { ...specifiedLimits, ...limits }, tally);
        if (wrong !== null) throw new Error(wrong);
      }),
      {
        seed: seed + round,
        numRuns: worldsPerRound,
        includeErrorInReport: true,
        endOnFailure: proof.firstOnly === true,
        // Each try is a world of its own on the database: half a minute finds a short one.
        plugins: [fc.interruptAfterTimeLimit(30_000)],
      },
    );
    if (tally.steps - readAt >= stepsBetweenReadings) await read();
  }
  if (tally.steps > readAt) await read();
  return tally;
}
