import { z } from 'zod';
import { metricsSchema } from './metrics.js';
import { ISOLATION_LEVELS } from './resolve.js';

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

const isolationSchema = z.strictObject({
  level: z.enum(ISOLATION_LEVELS),
  tier: z.enum(TIERS),
  degraded: z.array(z.string()).meta({ description: 'each control that was missing and allowed to be' }),
});

export const outcomeSchema = z.strictObject({
  id: z.string().min(1),
  job: z.string(),
  case: z.string().nullable(),
  attempt: z.int().min(1),
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
  stdout: streamSchema,
  stderr: streamSchema,
  metrics: metricsSchema,
  isolation: isolationSchema,
  outputs: z.array(outputFileSchema),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
});

/** The record of one run. */
export type Outcome = z.output<typeof outcomeSchema>;
