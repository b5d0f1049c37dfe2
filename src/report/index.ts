export { createReporter, type ReportTarget } from './create.js';
export { createJsonlReporter, createJsonReporter } from './formats/json.js';
export { createJunitReporter } from './formats/junit.js';
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
export { SummaryBuilder, type SummaryEnd } from './summarize.js';
