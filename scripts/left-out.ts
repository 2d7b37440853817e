import { globSync, readFileSync } from 'node:fs';
import { emptyTally, type Tally } from './tally.ts';
import { listTestTitles } from './test-titles.ts';

export interface LeftOut {
  readonly tally: Tally;
  /** What a person is told; empty when nothing was left out. */
  readonly notice: string;
}

interface Needing {
  /** The files of the tests that need a program which is not on this machine. */
  readonly files: string;
  /** What was not found, what the tests are called, what to do. */
  readonly program: string;
  readonly tests: string;
  readonly how: string;
}

/**
 * What a run without a program leaves out, as `npm test` counts it: skipped, or failed where a setting says that they
 * must run. With filters, only what these would have run.
 */
export function leftOut(needing: Needing, filters: readonly string[], required: boolean): LeftOut {
  const files = globSync(needing.files).filter((file) => matches(file, filters));
  const titles = files.flatMap((file) => listTestTitles(file, readFileSync(file, 'utf8')));
  if (titles.length === 0) return nothingLeftOut;
  const { program, tests, how } = needing;
  return {
    tally: { ...emptyTally, [required ? 'failed' : 'skipped']: titles.length },
    notice: `No ${program} was found: ${titles.length} ${tests} were left out. ${how}\n${titles
      .map((title) => `  - ${title}`)
      .join('\n')}`,
  };
}

export const nothingLeftOut: LeftOut = { tally: emptyTally, notice: '' };

function matches(file: string, filters: readonly string[]): boolean {
  return filters.length === 0 || filters.some((filter) => file.includes(filter));
}
