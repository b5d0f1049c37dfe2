/** What a boot comes to. Passed is only what says so itself: tests that ran, all of them well, and a machine that ended by itself. */
import { type Report, tally } from '../reports/tally.js';

export interface Ended {
  /** vitest's JSON report as it came through the port; "" if nothing did. */
  readonly report: string;
  /** What came through the port "end". */
  readonly end: string;
  readonly exitCode: number | undefined;
  /** Beginnings of the names of tests that are known to fail on this kind of host. */
  readonly known: readonly string[];
}

export interface Verdict {
  readonly ok: boolean;
  readonly line: string;
}

interface DetailedReport extends Report {
  readonly testResults?: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

function parse(report: string): DetailedReport | undefined {
  try {
    return JSON.parse(report);
  } catch {
    return undefined;
  }
}

/** For the table of attacks: what fails as it is known to has a status that says so. */
export function markKnown(report: string, known: readonly string[]): string {
  const parsed = parse(report);
  const testResults = (parsed?.testResults ?? []).map((file) => ({
    ...file,
    assertionResults: file.assertionResults.map((test) =>
      test.status === 'failed' && known.some((name) => test.fullName.startsWith(name))
        ? { ...test, status: 'known-difference' }
        : test,
    ),
  }));
  return JSON.stringify({ ...parsed, testResults });
}

/** The report as if the tests that are known to fail were none of it, and how many of them failed. */
function withoutKnown(report: DetailedReport, known: readonly string[]): { rest: Report; differing: number } {
  const files = report.testResults ?? [];
  const failed = files.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  );
  const unloaded = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const differing = failed.filter(({ fullName }) => known.some((name) => fullName.startsWith(name))).length;
  if (differing === 0 || differing < failed.length || unloaded.length > 0)
    return { rest: report, differing: 0 };
  return { rest: { ...report, success: true, numFailedTests: 0, numFailedTestSuites: 0 }, differing };
}

function fault({ report, end, exitCode }: Ended, differing: number): string | null {
  if (exitCode === undefined) return 'the machine did not end in time';
  if (exitCode !== 0) return `qemu ended with ${exitCode}`;
  const code = /^ended (\d+)\n$/.exec(end)?.[1];
  if (code === undefined) return 'the machine stopped before its tests had ended';
  if (parse(report) === undefined) return 'no report came out of it';
  return code === (differing > 0 ? '1' : '0') ? null : `vitest ended with ${code}`;
}

export function judge(ended: Ended): Verdict {
  const report = parse(ended.report);
  const { rest, differing } =
    report === undefined ? { rest: report, differing: 0 } : withoutKnown(report, ended.known);
  const why = fault(ended, differing);
  const { ok, line } = tally([rest]);
  const said = differing === 0 ? line : `${line}, ${differing} differ as they are known to`;
  return { ok: ok && why === null, line: why === null ? said : `${said}: ${why}` };
}
