/** What a boot comes to. Passed is only what says so itself: tests that ran, all of them well, and a machine that ended by itself. */
import { type Report, tally } from '../reports/tally.js';

export interface Ended {
  /** vitest's JSON report as it came through the port; "" if nothing did. */
  readonly report: string;
  /** What came through the port "end". */
  readonly end: string;
  readonly exitCode: number | undefined;
}

export interface Verdict {
  readonly ok: boolean;
  readonly line: string;
}

function parse(report: string): Report | undefined {
  try {
    return JSON.parse(report);
  } catch {
    return undefined;
  }
}

function fault({ report, end, exitCode }: Ended): string | null {
  if (exitCode === undefined) return 'the machine did not end in time';
  if (exitCode !== 0) return `qemu ended with ${exitCode}`;
  const code = /^ended (\d+)\n$/.exec(end)?.[1];
  if (code === undefined) return 'the machine stopped before its tests had ended';
  if (parse(report) === undefined) return 'no report came out of it';
  return code === '0' ? null : `vitest ended with ${code}`;
}

export function judge(ended: Ended): Verdict {
  const why = fault(ended);
  const { ok, line } = tally([parse(ended.report)]);
  return { ok: ok && why === null, line: why === null ? line : `${line}: ${why}` };
}
