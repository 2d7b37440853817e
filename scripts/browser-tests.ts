import { globSync, readFileSync } from 'node:fs';
import { emptyTally, type Tally } from './tally.ts';
import { listTestTitles } from './test-titles.ts';

/** Tests that drive a real browser; vitest's project `browser`, which exists where there is one. */
export const browserTests = '{examples/*,examples/*/browser,packages/*/browser}/*.browser.test.ts';

export interface LeftOut {
  readonly tally: Tally;
  /** What a person is told; empty when nothing was left out. */
  readonly notice: string;
}

/**
 * What a run without a browser leaves out, as `npm test` counts it: skipped, or failed where the setting
 * BROWSER_TESTS=required says that they must run. With filters, only what these would have run.
 */
export function leftOutWithout(
  chromium: string | null,
  filters: readonly string[],
  required: boolean,
): LeftOut {
  const files = globSync(browserTests).filter((file) => matches(file, filters));
  const titles = files.flatMap((file) => listTestTitles(file, readFileSync(file, 'utf8')));
  if (chromium !== null || titles.length === 0) return { tally: emptyTally, notice: '' };
  const how = 'Install a Chromium, or name one by CHROMIUM_PATH.';
  return {
    tally: { ...emptyTally, [required ? 'failed' : 'skipped']: titles.length },
    notice: `No Chromium was found: ${titles.length} browser tests were left out. ${how}\n${titles
      .map((title) => `  - ${title}`)
      .join('\n')}`,
  };
}

function matches(file: string, filters: readonly string[]): boolean {
  return filters.length === 0 || filters.some((filter) => file.includes(filter));
}
