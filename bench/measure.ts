import type { Effort } from './benchmark.ts';
import { countStatements } from './count-statements.ts';
import { quantile } from './quantile.ts';
import type { Contender, OpenScenario } from './scenario.ts';

export interface Figures {
  readonly inFlight: number;
  readonly oursPerSecond: number;
  readonly floorPerSecond: number;
  /** Ours to the floor, the median of the rounds; a round measures both, one after the other. */
  readonly ratio: number;
  readonly ratios: readonly number[];
  /** That one operation sends, one after the other: the same however many are in flight. */
  readonly statements: { readonly ours: number; readonly floor: number };
}

/** Interleaved rounds: when the machine's speed drifts it drifts for both. */
export async function measure(scenario: OpenScenario, effort: Effort): Promise<Figures[]> {
  const figures: Figures[] = [];
  let turn = 0;
  const next = () => (turn += 1);
  const statements = {
    ours: await countStatements(scenario.ours, next),
    floor: await countStatements(scenario.floor, next),
  };
  for (const inFlight of scenario.inFlight) {
    await perSecond(scenario.ours, inFlight, effort.millisecondsPerRound / 2, next);
    await perSecond(scenario.floor, inFlight, effort.millisecondsPerRound / 2, next);
    const ours: number[] = [];
    const floor: number[] = [];
    for (let round = 0; round < effort.rounds; round += 1) {
      ours.push(await perSecond(scenario.ours, inFlight, effort.millisecondsPerRound, next));
      floor.push(await perSecond(scenario.floor, inFlight, effort.millisecondsPerRound, next));
    }
    const ratios = ours.map((speed, round) => speed / (floor[round] ?? Number.NaN));
    figures.push({
      inFlight,
      oursPerSecond: quantile(ours, 0.5),
      floorPerSecond: quantile(floor, 0.5),
      ratio: quantile(ratios, 0.5),
      ratios,
      statements,
    });
  }
  return figures;
}

async function perSecond(
  contender: Contender,
  inFlight: number,
  milliseconds: number,
  next: () => number,
): Promise<number> {
  const started = performance.now();
  let done = 0;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (performance.now() - started < milliseconds) {
        await contender.run(next());
        done += 1;
      }
    }),
  );
  return (done * 1000) / (performance.now() - started);
}
