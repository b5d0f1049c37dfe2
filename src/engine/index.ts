/** The public interface of the package `hotcell`. */
export { ERROR_CODES, type ErrorCode, HotcellError } from '../core/index.js';
export {
  combineReporters,
  convertReport,
  createReporter,
  diffReports,
  diffText,
  type HostReport,
  parseReporterSpec,
  parseReporterSpecs,
  REPORTER_NAMES,
  type ReportDiff,
  type Reporter,
  type ReporterName,
  type ReporterSpec,
  type ReportSink,
  type ReportStart,
  type ReportTarget,
  readHostReport,
  readReport,
  reportJsonSchema,
  reportSchema,
  type Summary,
  titleOf,
} from '../report/index.js';
export type { Budget } from '../schedule/index.js';
export {
  type CheckedJob,
  type Companion,
  type Difference,
  type ImageConfig,
  type Job,
  type JobInput,
  jobJsonSchema,
  jobSchema,
  loadSuites,
  type Metrics,
  type Outcome,
  type OutputFile,
  outcomeJsonSchema,
  outcomeSchema,
  parseJob,
  parseSuite,
  type ResolvedImage,
  type Role,
  type Sample,
  type Seccomp,
  type SeccompProfile,
  type Series,
  STATUSES,
  type StartFailure,
  type Status,
  type StreamOutcome,
  type Suite,
  type SuiteInput,
  type SystemCalls,
  TIERS,
  type Tier,
  VERDICTS,
  type Verdict,
} from '../spec/index.js';
export * from '../store/index.js';
export type { CopiedOutput, RunOptions } from '../worker/index.js';
export type { DoctorCheck } from './doctor/check.js';
export { type DoctorReport, doctor } from './doctor/doctor.js';
export { createHotcell, type Hotcell, type HotcellOptions, type RunHandle } from './hotcell.js';
export {
  createImages,
  type ImageProgress,
  type Images,
  type ImagesOptions,
  type ImageWorkOptions,
  type ImportOptions,
  type LoadedImage,
  type PlatformOption,
  type PulledImage,
  type PushedImage,
} from './images/index.js';
export { createThreadedReporters } from './reports/threaded.js';
export {
  profileOfSystemCalls,
  SHOWN_SECCOMP,
  type ShownName,
  type ShownSeccomp,
  seccompWarnings,
  showSeccomp,
  showSeccompProfile,
} from './seccomp.js';
export { type CaseKey, keyOfOutcome } from './suites/key.js';
export type { SuiteChecker, SuiteEvent, SuiteRun, SuiteRunOptions } from './suites/options.js';
export { type CaseInfo, type Selected, type Selection, type Shard, select } from './suites/select.js';
export { version } from './version.js';
