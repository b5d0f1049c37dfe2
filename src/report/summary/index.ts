/** The summary that a person reads at the end of a run. */
import { isCounted, isFailedBuild } from '../cell.js';
import type { Reporter, ReportSink, ReportStart } from '../reporter.js';
import { Failures } from './failures.js';
import { Highlights } from './highlights.js';
import { paintOf } from './paint.js';
import { Totals } from './totals.js';

export interface SummaryOptions {
  /** False when left out. */
  readonly color?: boolean | undefined;
  /** Characters in a line of the terminal; when left out, as in a file or a pipe, nothing is cut. */
  readonly columns?: number | undefined;
}

/** Writes nothing before the end, then: failures, highlights, totals. Constant memory. */
export function createSummaryReporter(
  sink: ReportSink,
  { color = false, columns = Number.POSITIVE_INFINITY }: SummaryOptions = {},
): Reporter {
  const paint = paintOf(color, columns);
  const failures = new Failures(paint);
  const highlights = new Highlights();
  const totals = new Totals();
  let start: ReportStart | undefined;
  return {
    onStart(given) {
      start = given;
    },
    onOutcome(outcome) {
      totals.add(outcome);
      const isBad = isCounted(outcome) && (outcome.verdict === 'failed' || outcome.verdict === 'error');
      if (isBad || isFailedBuild(outcome)) failures.add(outcome);
      if (isCounted(outcome)) highlights.add(outcome);
    },
    onEnd(summary) {
      if (start === undefined) return;
      const lines = [...failures.lines(), ...highlights.lines(paint), ...totals.lines(start, summary, paint)];
      return sink.write(`${lines.join('\n')}\n`);
    },
  };
}
