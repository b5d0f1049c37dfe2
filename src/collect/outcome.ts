import {
  type Job,
  type Limits,
  type Outcome,
  type OutcomeLimits,
  type OutputFile,
  type RunFacts,
  type Series,
  type Status,
  type StreamOutcome,
  type SystemCalls,
  seccompUsed,
  type Tier,
  type Verdict,
  whatRan,
} from '../spec/index.js';
import { type CgroupVersion, foldMetrics } from './metrics.js';
import { decideEnding } from './verdict.js';

export interface OutcomeInput {
  readonly id: string;
  readonly job: Job;
  readonly facts: RunFacts;
  readonly stdout: StreamOutcome;
  readonly stderr: StreamOutcome;
  readonly outputs: readonly OutputFile[];
  /** Null or absent when the run was not sampled. */
  readonly series?: Series | null;
  /** Absent when they were not traced. */
  readonly systemCalls?: SystemCalls | undefined;
  readonly tier: Tier;
  readonly degraded: readonly string[];
  readonly cgroupVersion: CgroupVersion;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** Whether it was wanted, when the job says no more than "it should work". Total: nothing unknown passes. */
const VERDICT_OF: Readonly<Record<Status, Verdict>> = {
  ok: 'passed',
  'nonzero-exit': 'failed',
  signaled: 'failed',
  'cpu-time-exceeded': 'failed',
  'wall-time-exceeded': 'failed',
  'memory-exceeded': 'failed',
  'output-exceeded': 'failed',
  'syscall-denied': 'failed',
  cancelled: 'skipped',
  'start-failed': 'error',
  'internal-error': 'error',
};

function outcomeLimits(limits: Limits): OutcomeLimits {
  const { cpuTimeMs, wallTimeMs, memoryBytes, pids, outputBytes, diskBytes, cpus } = limits;
  return { cpuTimeMs, wallTimeMs, memoryBytes, pids, outputBytes, diskBytes, cpus };
}

/** The record of one run, from everything that is known about it. Pure. */
export function foldOutcome(input: OutcomeInput): Outcome {
  const { id, job, facts, stdout, stderr, outputs, tier, degraded } = input;
  const ending = decideEnding(facts, job);
  const verdict = VERDICT_OF[ending.status];
  const failure = ending.exitCode === null ? ending.message : `exit code ${ending.exitCode}`;
  return {
    id,
    job: job.name,
    role: 'program',
    suite: null,
    case: null,
    attempt: 1,
    repeat: 1,
    final: true,
    worker: null,
    labels: { ...job.labels },
    ...ending,
    ...whatRan(job),
    points: null,
    image: { reference: job.image, id: job.imageId },
    verdict,
    failures: verdict === 'failed' ? [failure ?? ending.status] : [],
    stdout,
    stderr,
    metrics: foldMetrics(facts, job.isolation, input.cgroupVersion),
    limits: outcomeLimits(job.limits),
    isolation: { level: job.isolation, tier, degraded: [...degraded], seccomp: seccompUsed(job) },
    outputs: [...outputs],
    differences: [],
    companions: [],
    series: input.series ?? null,
    ...(input.systemCalls && { systemCalls: input.systemCalls }),
    startedAt: input.startedAt.toISOString(),
    finishedAt: input.finishedAt.toISOString(),
  };
}
