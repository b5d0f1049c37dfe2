import * as z from 'zod';
import { metricsSchema } from './metrics.js';
import { ISOLATION_LEVELS } from './resolve.js';
import { seccompUsedSchema } from './seccomp/index.js';
import { systemCallsSchema } from './system-calls.js';
import { commandSchema, inputSchema } from './what-ran.js';

/** What happened. The list is closed; every map over it must be total, so that nothing unknown becomes a pass. */
export const STATUSES = [
  'ok',
  'nonzero-exit',
  'signaled',
  'cpu-time-exceeded',
  'wall-time-exceeded',
  'memory-exceeded',
  'output-exceeded',
  'syscall-denied',
  'cancelled',
  'start-failed',
  'internal-error',
] as const;

export type Status = (typeof STATUSES)[number];

/** Whether what happened was wanted. */
export const VERDICTS = ['passed', 'failed', 'error', 'skipped'] as const;

export type Verdict = (typeof VERDICTS)[number];

/** What ended a program that did not exit by itself. */
export const KILL_REASONS = ['cpu-time', 'wall-time', 'memory', 'output', 'cancel', 'signal'] as const;

export type KillReason = (typeof KILL_REASONS)[number];

/** Why a program could not be started. */
export const START_FAILURES = ['not-found', 'not-executable', 'set-up'] as const;

export type StartFailure = (typeof START_FAILURES)[number];

/** How much isolation the host could give, from T0, everything, to T4, next to nothing. */
export const TIERS = ['T0', 'T1', 'T2', 'T3', 'T4'] as const;

export type Tier = (typeof TIERS)[number];

const seen = {
  bytes: z.int().nonnegative().meta({ description: 'bytes written, up to the limit' }),
  truncated: z.boolean().meta({ description: 'whether more was written than the limit allows' }),
};

const streamSchema = z.union([
  z.strictObject({ text: z.string(), ...seen }),
  z.strictObject({
    base64: z.base64().meta({ description: 'instead of text when it is not UTF-8' }),
    ...seen,
  }),
]);

/** What was written to stdout or stderr. */
export type StreamOutcome = z.output<typeof streamSchema>;

const outputFileSchema = z.strictObject({
  path: z.string().meta({ description: 'absolute in the sandbox' }),
  bytes: z.int().nonnegative().nullable(),
  sha256: z.hash('sha256').nullable(),
  mode: z.int().min(0).max(0o7777).nullable(),
  error: z.string().nullable().meta({ description: 'why it was not copied; then the other fields are null' }),
});

export type OutputFile = z.output<typeof outputFileSchema>;

/** What kind of program it was: one under test, or one of those that serve a test. */
export const ROLES = ['program', 'build', 'checker', 'interactor'] as const;

export type Role = (typeof ROLES)[number];

const amount = z.number().nonnegative().nullable();

/** The limits that held, as numbers; null is none. */
const limitsUsedSchema = z.strictObject({
  cpuTimeMs: amount,
  wallTimeMs: amount,
  memoryBytes: amount,
  pids: amount,
  outputBytes: amount,
  diskBytes: amount,
  cpus: amount,
});

export type OutcomeLimits = z.output<typeof limitsUsedSchema>;

const differenceSchema = z.strictObject({
  what: z.string().meta({ description: 'stdout, stderr, or the path of an output' }),
  compare: z.string().meta({ description: 'the compare mode' }),
  line: z.int().positive().nullable().meta({ description: 'of the first difference, from 1' }),
  column: z.int().positive().nullable(),
  expected: z
    .string()
    .nullable()
    .meta({ description: 'the place in what was expected, invisible characters shown' }),
  actual: z.string().nullable(),
  text: z
    .string()
    .meta({ description: 'the difference for people, several lines, invisible characters shown' }),
});

/** Where what was written is not what was expected. */
export type Difference = z.output<typeof differenceSchema>;

const samples = z.array(z.number().nonnegative().nullable());

const seriesSchema = z.strictObject({
  intervalMs: z.number().positive(),
  atMs: z.array(z.number().nonnegative()).meta({ description: 'since the program started' }),
  cpuMs: samples.meta({ description: 'used so far' }),
  memoryBytes: samples,
  pids: samples,
});

/** What a run used as it went on; lists of one length. */
export type Series = z.output<typeof seriesSchema>;

const imageSchema = z.strictObject({
  reference: z.string().meta({ description: 'as the job has it' }),
  id: z
    .string()
    .nullable()
    .meta({ description: 'sha256:… of what it meant then; null for host and dir:PATH' }),
});

const isolationSchema = z.strictObject({
  level: z.enum(ISOLATION_LEVELS),
  tier: z.enum(TIERS),
  degraded: z
    .array(z.string())
    .meta({ description: 'each control that is missing, as was allowed, or weaker here' }),
  seccomp: seccompUsedSchema.optional().meta({ description: 'absent where it was not written down' }),
});

const ran = {
  id: z.string().min(1),
  job: z.string(),
  status: z.enum(STATUSES),
  verdict: z.enum(VERDICTS),
  failures: z.array(z.string()).meta({ description: 'why the verdict is failed; empty otherwise' }),
  exitCode: z.int().min(0).max(255).nullable().meta({ description: 'null when killed or not started' }),
  signal: z
    .string()
    .regex(/^SIG[A-Z0-9+-]+$/)
    .nullable()
    .meta({ description: 'such as SIGSEGV' }),
  killedBy: z.enum(KILL_REASONS).nullable(),
  message: z
    .string()
    .nullable()
    .meta({ description: 'one line for people; null when there is nothing to say' }),
  command: commandSchema,
  input: inputSchema,
  image: imageSchema.nullable().default(null).meta({ description: 'null where it was not written down' }),
  startFailure: z
    .enum(START_FAILURES)
    .nullable()
    .meta({ description: 'which it was when the status is start-failed; null otherwise' }),
  stdout: streamSchema,
  stderr: streamSchema,
  metrics: metricsSchema,
  limits: limitsUsedSchema,
  isolation: isolationSchema,
  outputs: z.array(outputFileSchema),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
};

const companionSchema = z.strictObject({ ...ran, role: z.enum(ROLES) });

/** The record of a program that served a test: a checker or an interactor. */
export type Companion = z.output<typeof companionSchema>;

export const outcomeSchema = z.strictObject({
  ...ran,
  role: z.enum(ROLES),
  suite: z.string().nullable().meta({ description: 'name of its suite; null for a single run' }),
  case: z.string().nullable(),
  attempt: z.int().min(1),
  repeat: z.int().min(1).meta({ description: 'which of the repetitions asked for, from 1' }),
  final: z.boolean().meta({ description: 'false when another attempt follows' }),
  worker: z.int().nonnegative().nullable().meta({ description: 'which place of the pool it ran in' }),
  labels: z.record(z.string(), z.string()),
  points: z
    .number()
    .nonnegative()
    .nullable()
    .default(null)
    .meta({ description: 'what the case is worth when it passes; null when it has no points' }),
  differences: z.array(differenceSchema),
  companions: z.array(companionSchema),
  systemCalls: systemCallsSchema.optional().meta({ description: 'absent when they were not traced' }),
  series: seriesSchema.nullable().meta({ description: 'null when it was not sampled' }),
});

/** The record of one run. */
export type Outcome = z.output<typeof outcomeSchema>;
