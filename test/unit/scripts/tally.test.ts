import { describe, expect, it } from 'vitest';
import { type Report, tally } from '../../../scripts/reports/tally.js';

const GREEN: Report = {
  success: true,
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numFailedTestSuites: 0,
};

describe('tally', () => {
  it.each<[string, (Report | undefined)[], string, boolean]>([
    ['adds up green reports', [GREEN, GREEN], '6 passed, 0 failed', true],
    [
      'counts failures',
      [GREEN, { ...GREEN, success: false, numFailedTests: 2 }],
      '6 passed, 2 failed',
      false,
    ],
    [
      'counts a file that did not load',
      [{ ...GREEN, success: false, numFailedTestSuites: 1 }],
      '3 passed, 1 failed',
      false,
    ],
    [
      'does not believe a red report without failures',
      [{ ...GREEN, success: false }],
      '3 passed, 1 failed',
      false,
    ],
    [
      'takes a skipped test for a fault',
      [{ ...GREEN, numPendingTests: 1 }],
      '3 passed, 0 failed, 1 skipped',
      false,
    ],
    ['takes a missing report for a failure', [GREEN, undefined], '3 passed, 1 failed', false],
    ['takes no tests for a fault', [], '0 passed, 0 failed', false],
  ])('%s', (_, reports, line, ok) => {
    expect(tally(reports)).toEqual({ line, ok });
  });
});
