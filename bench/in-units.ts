import type { Benchmark } from './benchmark.ts';
import { measureUnits, type UnitScenario } from './unit.ts';

const efforts = {
  short: { rounds: 5, warmMilliseconds: 10 },
  long: { rounds: 400, warmMilliseconds: 500 },
};

/** What one processor does, each piece as a multiple of one unit of work. */
export function inUnits({ open, ...scenario }: UnitScenario): Benchmark {
  return {
    ...scenario,
    async run({ isShort }) {
      const opened = await open();
      const figures = await measureUnits(opened, isShort ? efforts.short : efforts.long);
      return {
        figures,
        lines: figures.map(({ name, nanoseconds, units, processor, goal }) => {
          const taken = `${microseconds(nanoseconds)} ${inUnit(units)}`;
          const computed = `${microseconds(processor.nanoseconds)} ${inUnit(processor.units)}`;
          const line = `${name.padEnd(24)} ${taken}   of the processor ${computed}`;
          return goal === null ? line : `${line}   goal ${goal}`;
        }),
      };

      function inUnit(units: number): string {
        return `${units.toFixed(2).padStart(8)} ${opened.unit.name}`;
      }
    },
  };
}

function microseconds(nanoseconds: number): string {
  return `${(nanoseconds / 1000).toFixed(2).padStart(9)} µs`;
}
