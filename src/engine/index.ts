/** The public interface of the package `hotcell`. */
export { ERROR_CODES, type ErrorCode, HotcellError } from '../core/index.js';
export {
  type Job,
  type JobInput,
  jobJsonSchema,
  jobSchema,
  type Metrics,
  type Outcome,
  type OutputFile,
  outcomeJsonSchema,
  outcomeSchema,
  parseJob,
  STATUSES,
  type Status,
  type StreamOutcome,
  TIERS,
  type Tier,
  VERDICTS,
  type Verdict,
} from '../spec/index.js';
export type { CopiedOutput, RunOptions } from '../worker/index.js';
export { type DoctorCheck, type DoctorReport, doctor } from './doctor.js';
export { createHotcell, type Hotcell, type HotcellOptions, type RunHandle } from './hotcell.js';
