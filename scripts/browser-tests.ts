import { leftOut, nothingLeftOut, type LeftOut } from './left-out.ts';

/** Tests that drive a real browser; vitest's project `browser`, which exists where there is one. */
export const browserTests = '{examples/*,examples/*/browser,packages/*/browser}/*.browser.test.ts';

/** BROWSER_TESTS=required says that they must run. */
export function leftOutWithout(
  chromium: string | null,
  filters: readonly string[],
  required: boolean,
): LeftOut {
  if (chromium !== null) return nothingLeftOut;
  const how = 'Install a Chromium, or name one by CHROMIUM_PATH.';
  return leftOut(
    { files: browserTests, program: 'Chromium', tests: 'browser tests', how },
    filters,
    required,
  );
}
