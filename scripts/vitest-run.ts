import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.ts';
import type { Tally } from './tally.ts';

/** What is read of vitest's JSON report. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** Runs vitest in random order; the seed is printed, and `--seed` repeats the order. */
export async function runVitest(args: readonly string[], seed = randomInt(1, 2 ** 31)): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'vitest-report-'));
  const file = join(folder, 'report.json');
  // Tests start our programs some hundred times; compiled once, each is up in two thirds of the time.
  process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
    new URL('../node_modules/.cache/node', import.meta.url),
  );
  try {
    console.log(`Order of the tests: npm test -- --seed ${seed}`);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const options = [`--sequence.seed=${seed}`, ...reporters, ...args];
    const { ok } = await run('vitest', ['run', ...options], { show: true });
    return countReport(readReport(file), ok);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Tests that passed and failed, plus what a mere count of tests would hide: a file that could not be
 * loaded has no tests that failed, and an error outside of any test fails only the run as a whole.
 */
export function countReport(report: Report | undefined, ok: boolean): Tally {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const failed = report.numFailedTests + broken.length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && !ok ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}
