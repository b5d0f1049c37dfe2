/**
 * Adds up vitest's JSON reports and prints one line, `N passed, N failed`. Fails when a test failed or was skipped,
 * when a report is missing or when none ran: a suite that did not happen must not look like one that passed.
 *
 * Usage: count-tests.ts REPORT…
 */
import { readFileSync } from 'node:fs';

interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numFailedTestSuites: number;
}

function read(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    console.error(`${path}: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/** A file that could not be loaded has no tests that could fail; it counts as one. */
function failures({ numFailedTests, numFailedTestSuites, success }: Report): number {
  return success ? numFailedTests : Math.max(numFailedTests, numFailedTestSuites, 1);
}

const reports = process.argv.slice(2).map(read);
const sum = (count: (report: Report) => number): number =>
  reports.reduce((total, report) => total + (report === undefined ? 0 : count(report)), 0);

const passed = sum(({ numPassedTests }) => numPassedTests);
const skipped = sum(({ numPendingTests, numTodoTests }) => numPendingTests + numTodoTests);
const failed = sum(failures) + reports.filter((report) => report === undefined).length;
console.log(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
process.exitCode = passed > 0 && failed === 0 && skipped === 0 ? 0 : 1;
