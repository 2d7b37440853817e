import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import type { Benchmark } from './benchmark.ts';
import { measure } from './measure.ts';
import type { Scenario } from './scenario.ts';

/** A scenario in this process beside its floor, on one PostgreSQL. */
export function besideFloor({ open, ...scenario }: Scenario): Benchmark {
  return {
    ...scenario,
    async run(effort) {
      await using postgres = await startTemporaryPostgres();
      const both = await open({ url: postgres.url(), isShort: effort.isShort });
      try {
        const figures = await measure(both, effort);
        return {
          figures,
          lines: figures.map(
            ({ inFlight, oursPerSecond, floorPerSecond, ratio, statements }) =>
              `${String(inFlight).padStart(3)} in flight   ours ${oursPerSecond.toFixed(0)}/s   floor ${floorPerSecond.toFixed(0)}/s   ratio ${ratio.toFixed(2)}   statements ${statements.ours} and ${statements.floor}`,
          ),
        };
      } finally {
        await both.close();
      }
    },
  };
}
