export { combineReporters } from './combine.js';
export { convertReport } from './convert.js';
export { createReporter, type ReportTarget } from './create.js';
export { diffReports } from './diff/compare.js';
export type { ReportDiff } from './diff/shape.js';
export { diffText } from './diff/text.js';
export { readReport } from './document/read.js';
export { reportEventSchema, reportJsonSchema, reportSchema } from './document/schema.js';
export { createCsvReporter } from './formats/csv.js';
export { createCtrfReporter } from './formats/ctrf.js';
export { createJunitReporter } from './formats/junit.js';
export { createTapReporter } from './formats/tap.js';
export { readHostReport } from './host.js';
export {
  parseReporterSpec,
  parseReporterSpecs,
  REPORTER_NAMES,
  type ReporterName,
  type ReporterSpec,
} from './names.js';
export {
  type HostReport,
  type Reporter,
  type ReportSink,
  type ReportStart,
  type Summary,
  titleOf,
} from './reporter.js';
export { SummaryBuilder } from './summarize.js';
export { createSummaryReporter } from './summary/index.js';
