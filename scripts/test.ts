/**
 * `npm test`: everything that Node and npm suffice for. With arguments it runs only the tests they name:
 * `npm test -- packages/core/test/challenge`. `--seed N` repeats an order. Where there is no Chromium the browser
 * tests are left out, and counted as skipped; with BROWSER_TESTS=required they have failed. NATS_TESTS=required is the
 * same for the tests with a NATS server.
 */
import { leftOutWithout } from './browser-tests.ts';
import { findChromium } from './find-chromium.ts';
import { findNatsServer } from './find-nats-server.ts';
import { leftOutWithoutNats } from './nats-tests.ts';
import { findPromtool, leftOutWithoutPromtool } from './promtool-tests.ts';
import { runStaticChecks } from './static-checks.ts';
import { addTallies, close, emptyTally } from './tally.ts';
import { runVitest } from './vitest-run.ts';

const filters = process.argv.slice(2);
const seedAt = filters.indexOf('--seed');
const [, seed] = seedAt < 0 ? [] : filters.splice(seedAt, 2);
const leftOut = [
  leftOutWithout(findChromium(), filters, process.env['BROWSER_TESTS'] === 'required'),
  leftOutWithoutNats(findNatsServer(), filters, process.env['NATS_TESTS'] === 'required'),
  leftOutWithoutPromtool(findPromtool(), filters, process.env['PROMTOOL_TESTS'] === 'required'),
];
const checks = filters.length > 0 ? emptyTally : await runStaticChecks();
const tests = await runVitest(filters, seed === undefined ? undefined : Number(seed));
for (const { notice } of leftOut) if (notice !== '') console.log(notice);
close(addTallies([checks, tests, ...leftOut.map(({ tally }) => tally)]));
