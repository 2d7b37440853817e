import type { Figures, Proof } from '../../../scripts/proof-contract.ts';
import { decide } from '../src/authorization-request/state.ts';
import { setup } from '../testing/database-setup.ts';
import { PostgresSystem } from '../test/model/postgres-system.ts';
import { provePure } from '../test/model/pure-proof.ts';
import { tightLimits } from '../test/model/specified-limits.ts';
import type { Tally } from '../test/model/tally.ts';
import { proveWorld } from '../test/model/world-proof.ts';

/**
 * The model of the specification beside the code, step by step, over long random lives: the state machine
 * alone, and all of core on PostgreSQL, with the limits as they are and with limits that are met all the time.
 * Every answer, every row and every event is compared; the invariants are read from the tables in between.
 */
export const proof: Proof = {
  name: 'model',
  async run({ short, seed, log }) {
    const machineSteps = short ? 100_000 : 1_000_000;
    const postgresSteps = short ? 1000 : 50_000;
    const stepsBetweenReadings = short ? 500 : 5000;

    const machine = await timed(() => provePure(decide, machineSteps, seed));
    log(`state machine: ${machine.tally.steps} steps in ${machine.seconds} s`);

    const stop = await setup();
    try {
      const postgres = await timed(async () => {
        await using system = await PostgresSystem.open();
        return await proveWorld(system, { steps: postgresSteps, seed, stepsBetweenReadings, log });
      });
      const underTightLimits = await timed(async () => {
        await using system = await PostgresSystem.open(tightLimits);
        const order = { steps: postgresSteps, seed, stepsBetweenReadings, limits: tightLimits, log };
        return await proveWorld(system, order);
      });
      if (!short) assertMet([machine, postgres, underTightLimits]);
      return {
        stateMachine: figuresOf(machine),
        postgres: figuresOf(postgres),
        postgresUnderTightLimits: figuresOf(underTightLimits),
      };
    } finally {
      await stop?.();
    }
  },
};

interface Timed {
  readonly tally: Tally;
  readonly seconds: number;
}

async function timed(run: () => Tally | Promise<Tally>): Promise<Timed> {
  const started = performance.now();
  const tally = await run();
  return { tally, seconds: Math.round((performance.now() - started) / 100) / 10 };
}

/** Every answer of the specification; a run that has not met one has shown nothing about it. */
const answers =
  'right, wrong, is being judged, lost in a crash, forbidden, invalid_input, not_found, not_waiting, expired, ' +
  'attempts_exhausted, subject_locked, factor_locked, rate_limited, method_unavailable, method_ambiguous, ' +
  'delivery_failed, idempotency_conflict, proof_required, not_granted, data_mismatch, already_consumed, ' +
  'execution_window_passed';

function assertMet(runs: readonly Timed[]): void {
  const unmet = answers.split(', ').filter((answer) => runs.every(({ tally }) => tally.of(answer) === 0));
  if (unmet.length > 0) throw new Error(`never met: ${unmet.join(', ')}`);
}

/** A violation would have thrown: a proof with figures has none. */
function figuresOf({ tally, seconds }: Timed): Figures {
  return { steps: tally.steps, seconds, violations: 0, answers: tally.answers() };
}
