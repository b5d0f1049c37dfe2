/** The outcome of a case that never ran. Pure. */
import type { Clock } from '../../core/index.js';
import { newId } from '../../core/index.js';
import { METRIC_NAMES, type Metrics, type Outcome, type Tier } from '../../spec/index.js';
import type { Selected } from './select.js';

const NOT_RUN = 'unavailable: not run';

function noMetrics(): Metrics {
  const values = Object.fromEntries(METRIC_NAMES.map((name) => [name, null]));
  const sources = Object.fromEntries(METRIC_NAMES.map((name) => [name, NOT_RUN]));
  return { ...values, sources } as Metrics;
}

const nothing = { text: '', bytes: 0, truncated: false };

export interface NotRun {
  readonly status: 'cancelled' | 'internal-error';
  readonly message: string;
}

/** `cancelled` is skipped; a fault of ours is an error, and never a pass. */
export function notRun(
  { suite, case: item, repeat }: Selected,
  { status, message }: NotRun,
  { tier, clock }: { readonly tier: Tier; readonly clock: Clock },
): Outcome {
  const { job } = item.program;
  const now = clock.date().toISOString();
  const { cpuTimeMs, wallTimeMs, memoryBytes, pids, outputBytes, diskBytes, cpus } = job.limits;
  return {
    id: newId(clock),
    role: 'program',
    suite: suite.name,
    job: item.job,
    case: item.case,
    attempt: 1,
    repeat,
    final: true,
    worker: null,
    labels: { ...item.labels },
    status,
    verdict: status === 'cancelled' ? 'skipped' : 'error',
    failures: [],
    exitCode: null,
    signal: null,
    killedBy: null,
    message,
    stdout: nothing,
    stderr: nothing,
    metrics: noMetrics(),
    limits: { cpuTimeMs, wallTimeMs, memoryBytes, pids, outputBytes, diskBytes, cpus },
    isolation: { level: job.isolation, tier, degraded: [] },
    outputs: [],
    differences: [],
    companions: [],
    series: null,
    startedAt: now,
    finishedAt: now,
  };
}
