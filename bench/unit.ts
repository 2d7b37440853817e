import { quantile } from './quantile.ts';

/** What one processor does without waiting: pieces of work, each measured as a multiple of one unit of work. */
export interface UnitScenario {
  readonly name: string;
  readonly title: string;
  /** The settings that the figures depend on, for the table. */
  readonly settings: string;
  open(): OpenUnitScenario | Promise<OpenUnitScenario>;
}

export interface OpenUnitScenario {
  /** The measure: named F in the tables. */
  readonly unit: Work;
  readonly works: readonly Work[];
}

export interface Work {
  readonly name: string;
  /** At most so many units, where there is a goal; peers have none. */
  readonly goal?: number;
  /** Once; `turn` is unique within a run. Must be complete when it returns, or when what it returns is settled. */
  run(turn: number): unknown;
  /** Whether `run` returns a promise to be awaited. */
  readonly waits?: boolean;
}

export interface UnitFigure {
  readonly name: string;
  readonly nanoseconds: number;
  /** The median of the rounds, each beside its own measure of the unit. */
  readonly units: number;
  readonly goal: number | null;
}

/** A round is this short, so that most of them see the processor undisturbed, whatever else the machine does. */
const millisecondsPerRound = 4;

/** In turns: unit, work, unit, work … When the machine's speed drifts it drifts for both. */
export async function measureUnits(
  { unit, works }: OpenUnitScenario,
  effort: { readonly rounds: number },
): Promise<UnitFigure[]> {
  const all = [unit, ...works];
  const counts = new Map<Work, number>();
  for (const work of all) {
    await warm(work);
    counts.set(work, Math.ceil((millisecondsPerRound * 1e6) / (await nanosecondsOf(work, 50))));
  }
  const measured = new Map(all.map((work) => [work, { nanoseconds: [] as number[], units: [] as number[] }]));
  for (let round = 0; round < effort.rounds; round += 1)
    for (const work of all) {
      const ofUnit = await nanosecondsOf(unit, counts.get(unit) ?? 1);
      const ofWork = await nanosecondsOf(work, counts.get(work) ?? 1);
      measured.get(work)?.nanoseconds.push(ofWork);
      measured.get(work)?.units.push(ofWork / ofUnit);
    }
  return all.map((work) => {
    const { nanoseconds = [], units = [] } = measured.get(work) ?? {};
    return {
      name: work.name,
      nanoseconds: quantile(nanoseconds, 0.5),
      units: quantile(units, 0.5),
      goal: work.goal ?? null,
    };
  });
}

/** Until it is compiled, or has had its time. */
async function warm(work: Work): Promise<void> {
  const started = performance.now();
  for (let done = 0; done < 50_000 && performance.now() - started < 500; done += 50)
    await nanosecondsOf(work, 50);
}

let turn = 0;

async function nanosecondsOf(work: Work, times: number): Promise<number> {
  const started = process.hrtime.bigint();
  if (work.waits === true) for (let done = 0; done < times; done += 1) await work.run((turn += 1));
  else for (let done = 0; done < times; done += 1) work.run((turn += 1));
  return Number(process.hrtime.bigint() - started) / times;
}
