import { REPORT_VERSION } from '../document/schema.js';
import type { Reporter, ReportSink } from '../reporter.js';
import { jsonLine } from '../text/json.js';

/** One JSON document, written as the outcomes come, each on a line of its own. Shape: `reportSchema`. */
export function createJsonReporter(sink: ReportSink): Reporter {
  let separator = '\n';
  return {
    onStart: (start) =>
      sink.write(`{"version":${REPORT_VERSION},\n"start":${jsonLine(start)},\n"outcomes":[`),
    onOutcome(outcome) {
      const text = `${separator}${jsonLine(outcome)}`;
      separator = ',\n';
      return sink.write(text);
    },
    onEnd: (summary) => sink.write(`\n],\n"summary":${jsonLine(summary)}}\n`),
  };
}

/** A line of JSON for each thing as it happens: `{"event":"start"|"outcome"|"end", …}`. Shape: `reportEventSchema`. */
export function createJsonlReporter(sink: ReportSink): Reporter {
  const line = (event: unknown): void | Promise<void> => sink.write(`${jsonLine(event)}\n`);
  return {
    onStart: (start) => line({ event: 'start', version: REPORT_VERSION, start }),
    onOutcome: (outcome) => line({ event: 'outcome', outcome }),
    onEnd: (summary) => line({ event: 'end', summary }),
  };
}
