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
  /** The measure, by its one letter. */
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
  /** The same of the time that the process computed, in all of its threads: not while it waited. */
  readonly processor: { readonly nanoseconds: number; readonly units: number };
  readonly goal: number | null;
}

export interface UnitEffort {
  readonly rounds: number;
  /** For each piece of work, so that it is compiled. */
  readonly warmMilliseconds: number;
}

/** A round is this short, so that most of them see the processor undisturbed, whatever else the machine does. */
const millisecondsPerRound = 4;

/** In turns: unit, work, unit, work … When the machine's speed drifts it drifts for both. */
export async function measureUnits(
  { unit, works }: OpenUnitScenario,
  effort: UnitEffort,
): Promise<UnitFigure[]> {
  const all = [unit, ...works];
  const counts = new Map<Work, number>();
  for (const work of all) {
    await warm(work, effort.warmMilliseconds);
    counts.set(work, await timesPerRound(work));
  }
  const measured = new Map(all.map((work) => [work, [] as Round[]]));
  for (let round = 0; round < effort.rounds; round += 1)
    for (const work of all) {
      const ofUnit = await take(unit, counts.get(unit) ?? 1);
      const ofWork = await take(work, counts.get(work) ?? 1);
      measured.get(work)?.push({ ofUnit, ofWork });
    }
  return all.map((work) => figureOf(work, measured.get(work) ?? []));
}

/** What one piece of work has taken, on average. */
interface Taken {
  readonly nanoseconds: number;
  readonly processor: number;
}

interface Round {
  readonly ofUnit: Taken;
  readonly ofWork: Taken;
}

function figureOf({ name, goal }: Work, rounds: readonly Round[]): UnitFigure {
  const median = (of: (round: Round) => number) => quantile(rounds.map(of), 0.5);
  return {
    name,
    nanoseconds: median(({ ofWork }) => ofWork.nanoseconds),
    units: median(({ ofWork, ofUnit }) => ofWork.nanoseconds / ofUnit.nanoseconds),
    processor: {
      nanoseconds: median(({ ofWork }) => ofWork.processor),
      units: median(({ ofWork, ofUnit }) => ofWork.processor / ofUnit.processor),
    },
    goal: goal ?? null,
  };
}

/** Until it is compiled, or has had its time. */
async function warm(work: Work, milliseconds: number): Promise<void> {
  const started = performance.now();
  for (let done = 0; done < 50_000 && performance.now() - started < milliseconds; done += 1)
    await take(work, 1);
}

/** So many that they fill a round; one that takes longer is done once. */
async function timesPerRound(work: Work): Promise<number> {
  for (let times = 1; ; times *= 2) {
    const { nanoseconds } = await take(work, times);
    const fitting = Math.ceil((millisecondsPerRound * 1e6) / nanoseconds);
    if (times >= fitting / 4) return fitting;
  }
}

let turn = 0;

async function take(work: Work, times: number): Promise<Taken> {
  const processorBefore = process.cpuUsage();
  const started = process.hrtime.bigint();
  if (work.waits === true) for (let done = 0; done < times; done += 1) await work.run((turn += 1));
  else for (let done = 0; done < times; done += 1) work.run((turn += 1));
  const nanoseconds = Number(process.hrtime.bigint() - started) / times;
  const { user, system } = process.cpuUsage(processorBefore);
  return { nanoseconds, processor: ((user + system) * 1000) / times };
}
