/** What a boot comes to. Passed is only what says so itself: tests that ran, all of them well, and a machine that ended by itself. */
import type { Difference } from '../../test/support/differences.js';
import { type HostReport, problemsOf, resultsOf } from '../reports/differences.js';
import { type Report, tally } from '../reports/tally.js';

export interface Ended {
  /** vitest's JSON report as it came through the port; "" if nothing did. */
  readonly report: string;
  /** What came through the port "end". */
  readonly end: string;
  readonly exitCode: number | undefined;
  /** What differs on this kind of host. */
  readonly known: readonly Difference[];
}

export interface Verdict {
  readonly ok: boolean;
  readonly line: string;
}

type WholeReport = Report & HostReport;

/** Undefined = nothing whole came. */
export function parseReport(report: string): WholeReport | undefined {
  try {
    return JSON.parse(report);
  } catch {
    return undefined;
  }
}

function fault({ end, exitCode }: Ended, report: WholeReport | undefined, failed: number): string | null {
  if (exitCode === undefined) return 'the machine did not end in time';
  if (exitCode !== 0) return `qemu ended with ${exitCode}`;
  const code = /^ended (\d+)\n$/.exec(end)?.[1];
  if (code === undefined) return 'the machine stopped before its tests had ended';
  if (report === undefined) return 'no report came out of it';
  return code === (failed > 0 ? '1' : '0') ? null : `vitest ended with ${code}`;
}

export function judge(ended: Ended): Verdict {
  const report = parseReport(ended.report);
  const results = report === undefined ? [] : resultsOf(report);
  const failed = results.filter(({ passed }) => !passed).length;
  const why = fault(ended, report, failed);
  const problems = problemsOf(results, ended.known);
  // All that failed is known: counted by itself, so that what vitest says besides still counts.
  const differing = problems.length === 0 ? failed : 0;
  const rest =
    report !== undefined && differing > 0
      ? { ...report, success: true, numFailedTests: 0, numFailedTestSuites: 0 }
      : report;
  const { ok, line } = tally([rest]);
  const said = differing === 0 ? line : `${line}, ${differing} differ as they are known to`;
  return {
    ok: ok && why === null && problems.length === 0,
    line: [why === null ? said : `${said}: ${why}`, ...problems].join('\n  ✗ '),
  };
}
