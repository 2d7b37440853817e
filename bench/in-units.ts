import type { Benchmark } from './benchmark.ts';
import { measureUnits, type UnitScenario } from './unit.ts';

const rounds = { short: 20, long: 400 };

/** What one processor does, each piece as a multiple of one unit of work. */
export function inUnits({ open, ...scenario }: UnitScenario): Benchmark {
  return {
    ...scenario,
    async run({ isShort }) {
      const figures = await measureUnits(await open(), { rounds: isShort ? rounds.short : rounds.long });
      return {
        figures,
        lines: figures.map(({ name, nanoseconds, units, goal }) => {
          const line = `${name.padEnd(24)} ${nanoseconds.toFixed(0).padStart(8)} ns ${units.toFixed(2).padStart(7)} F`;
          return goal === null ? line : `${line}   goal ${goal}`;
        }),
      };
    },
  };
}
