export { type Env, type HostEnv, parseEnvEntry } from './env.js';
export { parseEnvFile, resolveEnvFiles } from './env-file.js';
export type { Cause, CopiedFile, FactName, LaunchFailure, RunFacts, Step } from './facts.js';
export type { FileInput, FileSource, JobFile } from './files.js';
export { type ImageRef, parseImageRef } from './image.js';
export { type Job, type JobInput, jobSchema } from './job.js';
export { type JsonSchema, jobJsonSchema, outcomeJsonSchema } from './json-schema.js';
export { DEFAULT_LIMITS, LIMIT_NAMES, type LimitName, type Limits, type LimitsInput } from './limits.js';
export { METRIC_NAMES, type MetricName, type Metrics } from './metrics.js';
export { parseMode } from './mode.js';
export {
  KILL_REASONS,
  type KillReason,
  type Outcome,
  type OutputFile,
  outcomeSchema,
  STATUSES,
  type Status,
  type StreamOutcome,
  TIERS,
  type Tier,
  VERDICTS,
  type Verdict,
} from './outcome.js';
export { type ParseOptions, parseJob } from './parse.js';
export {
  ISOLATION_LEVELS,
  type IsolationLevel,
  NETWORKS,
  type Network,
  SECCOMP_POLICIES,
  type SeccompPolicy,
} from './resolve.js';
export type { Stdin, StdinInput } from './stdin.js';
export { parseTmpfs, type Tmpfs } from './tmpfs.js';
export type { TtySize } from './tty.js';
export { parseUser, type User } from './user.js';
export { MOUNT_MODES, type Mount, type MountMode, parseVolume } from './volume.js';
