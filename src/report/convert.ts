import type { Outcome } from '../spec/index.js';
import { combineReporters } from './combine.js';
import { readReport, type StoredReport } from './document/read.js';
import { type MergeOptions, mergeReports, type NamedReport } from './merge.js';
import type { Reporter, Summary } from './reporter.js';
import { SummaryBuilder } from './summarize.js';

/** The end as the file has it; of a run that never got there, what its last outcome says. */
function endOf({ start, summary }: StoredReport, last: Outcome | null) {
  if (summary !== null) {
    const { stopped, host, finishedAt, wallMs } = summary;
    return { stopped, host, finishedAt, wallMs };
  }
  const finishedAt = last?.finishedAt ?? start.startedAt;
  const wallMs = Math.max(0, Date.parse(finishedAt) - Date.parse(start.startedAt));
  return { stopped: 'cancelled' as const, host: start.host, finishedAt, wallMs };
}

async function read(paths: string | readonly string[], options: MergeOptions): Promise<StoredReport> {
  const reports: NamedReport[] = [];
  for (const path of [paths].flat()) reports.push({ path, report: await readReport(path) });
  const [only] = reports;
  return reports.length === 1 && only !== undefined ? only.report : await mergeReports(reports, options);
}

/**
 * Tells reporters of a run that was reported before, from what `json` or `jsonl` wrote. The summary is counted again: it always
 * agrees with the outcomes. A report without an end counts as cancelled. Several reports become one.
 *
 * @throws HotcellError `io` and `invalid-spec` as {@link readReport} and {@link mergeReports} do, and what the reporters throw
 */
export async function convertReport(
  paths: string | readonly string[],
  reporters: readonly Reporter[],
  options: MergeOptions = {},
): Promise<Summary> {
  const report = await read(paths, options);
  const reporter = combineReporters(reporters);
  const builder = new SummaryBuilder(report.start);
  let last: Outcome | null = null;
  try {
    await reporter.onStart?.(report.start);
    for await (const outcome of report.outcomes()) {
      last = outcome;
      builder.add(outcome);
      await reporter.onOutcome(outcome);
    }
  } catch (error) {
    await reporter.onAbort?.();
    throw error;
  }
  const summary = builder.finish(endOf(report, last));
  await reporter.onEnd?.(summary);
  return summary;
}
