import { findProgram } from './find-program.ts';
import { leftOut, nothingLeftOut, type LeftOut } from './left-out.ts';

/** What Prometheus itself says of our metrics, queries and alerts. */
export const promtoolTests = 'packages/*/test/**/*.promtool.test.ts';

/** The tool that comes with Prometheus, on PATH. */
export function findPromtool({ PATH }: Readonly<NodeJS.ProcessEnv> = process.env): string | null {
  return findProgram({ named: undefined, names: ['promtool'], outsideOfPath: [], path: PATH });
}

/** PROMTOOL_TESTS=required says that they must run. */
export function leftOutWithoutPromtool(
  promtool: string | null,
  filters: readonly string[],
  required: boolean,
): LeftOut {
  if (promtool !== null) return nothingLeftOut;
  const how = 'Install Prometheus: Debian has it as `prometheus`.';
  return leftOut({ files: promtoolTests, program: 'promtool', tests: 'tests', how }, filters, required);
}
