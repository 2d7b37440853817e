import { describe, expect, it } from 'vitest';
import { closingLine } from './tally.ts';
import { countReport } from './vitest-run.ts';

const clean = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

describe('the closing line', () => {
  it('counts what passed and failed', () => {
    expect(closingLine(countReport({ ...clean, numFailedTests: 2 }, false))).toBe('3 passed, 2 failed');
  });

  it('names skipped tests when there are any', () => {
    expect(closingLine(countReport({ ...clean, numPendingTests: 1, numTodoTests: 1 }, true))).toBe(
      '3 passed, 0 failed, 2 skipped',
    );
  });

  it('counts a test file that could not be loaded as failed', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    expect(closingLine(countReport({ ...clean, testResults }, false))).toBe('3 passed, 1 failed');
  });

  it('never says 0 failed when vitest itself did', () => {
    expect(closingLine(countReport(clean, false))).toBe('3 passed, 1 failed');
    expect(closingLine(countReport(undefined, true))).toBe('0 passed, 1 failed');
  });
});
