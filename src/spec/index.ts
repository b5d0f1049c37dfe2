export { CAPABILITIES, type Capability } from './capabilities.js';
export { type Env, type HostEnv, parseEnvEntry } from './env.js';
export { parseEnvFile, resolveEnvFiles } from './env-file.js';
export type {
  Cause,
  CopiedFile,
  FactName,
  LaunchFailure,
  RunFacts,
  Sample,
  Step,
  Trace,
  TracedCall,
} from './facts.js';
export type { JobFile } from './files.js';
export { type ImageKind, type ImageRef, imageKind, parseImageRef } from './image.js';
export { type CheckedJob, type Job, type JobInput, jobSchema } from './job.js';
export { type JsonSchema, jobJsonSchema, outcomeJsonSchema, suiteJsonSchema } from './json-schema.js';
export { DEFAULT_LIMITS, LIMIT_NAMES, type LimitName, type Limits, type LimitsInput } from './limits.js';
export { METRIC_NAMES, type MetricName, type Metrics } from './metrics.js';
export { parseMode } from './mode.js';
export {
  type Companion,
  type Difference,
  type KillReason,
  type Outcome,
  type OutcomeLimits,
  type OutputFile,
  outcomeSchema,
  ROLES,
  type Role,
  type Series,
  STATUSES,
  type StartFailure,
  type Status,
  type StreamOutcome,
  TIERS,
  type Tier,
  VERDICTS,
  type Verdict,
} from './outcome.js';
export { isOwnFault } from './own-fault.js';
export { parseJob } from './parse.js';
export { inWorkdir } from './paths.js';
export {
  ISOLATION_LEVELS,
  type IsolationLevel,
  NETWORKS,
} from './resolve.js';
export type { ImageConfig, ImageSource, ResolvedImage } from './resolved-image.js';
export {
  type OwnSeccomp,
  type ProfileCondition,
  type ProfileRule,
  type ProfileTest,
  parseSeccompProfile,
  readSeccompProfile,
  resolveSeccomp,
  SECCOMP_NAMES,
  type Seccomp,
  type SeccompName,
  type SeccompOp,
  type SeccompProfile,
  type SeccompUsed,
  seccompUsed,
} from './seccomp/index.js';
export { ofImage, settleJob } from './settle.js';
export type { Stdin } from './stdin.js';
export {
  type Build,
  type Case,
  COMPARE_MODES,
  type CompareMode,
  type Expect,
  type LoadOptions,
  loadSuites,
  type ParseSuiteOptions,
  type Program,
  parseSuite,
  type Suite,
  type SuiteInput,
  type TextExpectation,
} from './suite/index.js';
export type { SystemCalls } from './system-calls.js';
export { parseTmpfs } from './tmpfs.js';
export { parseUser, type User } from './user.js';
export { parseVolume } from './volume.js';
export { type Input, whatRan } from './what-ran.js';
