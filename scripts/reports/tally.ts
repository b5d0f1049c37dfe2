/** The part of vitest's JSON report that counts. */
export interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numFailedTestSuites: number;
}

export interface Tally {
  readonly line: string;
  readonly ok: boolean;
}

/** A file that could not be loaded has no test that could fail; it counts as one, and so does an absent report. */
function failures(report: Report | undefined): number {
  if (report === undefined) return 1;
  const { numFailedTests, numFailedTestSuites, success } = report;
  return success ? numFailedTests : Math.max(numFailedTests, numFailedTestSuites, 1);
}

/** Not ok when a test failed or was skipped, or when none ran: what did not happen must not look like a pass. */
export function tally(reports: readonly (Report | undefined)[]): Tally {
  const sum = (count: (report: Report | undefined) => number): number =>
    reports.reduce((total, report) => total + count(report), 0);
  const passed = sum((report) => report?.numPassedTests ?? 0);
  const skipped = sum((report) => (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0));
  const failed = sum(failures);
  return {
    line: `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`,
    ok: passed > 0 && failed === 0 && skipped === 0,
  };
}
