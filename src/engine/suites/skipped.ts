/** The outcome of what never ran. Pure. */
import type { Clock } from '../../core/index.js';
import { newId } from '../../core/index.js';
import { METRIC_NAMES, type Metrics, type Outcome, type Tier, whatRan } from '../../spec/index.js';
import type { Work } from './tasks.js';

const NOT_RUN = 'unavailable: not run';

function noMetrics(): Metrics {
  const values = Object.fromEntries(METRIC_NAMES.map((name) => [name, null]));
  const sources = Object.fromEntries(METRIC_NAMES.map((name) => [name, NOT_RUN]));
  return { ...values, sources } as Metrics;
}

const nothing = { text: '', bytes: 0, truncated: false };

export interface NotRun {
  readonly status: 'cancelled' | 'start-failed' | 'internal-error';
  readonly message: string;
}

function identify(work: Work) {
  if (work.kind === 'build') {
    const { suite, build } = work;
    const names = { role: 'build', suite: suite.name, job: build.name, case: null } as const;
    return { names, repeat: 1, labels: {}, job: build.job };
  }
  const { suite, case: item, repeat } = work.selected;
  const names = { role: 'program', suite: suite.name, job: item.job, case: item.case } as const;
  return { names, repeat, labels: item.labels, job: item.program.job };
}

/** `cancelled` is skipped; everything else is an error, and never a pass. */
export function notRun(
  work: Work,
  { status, message }: NotRun,
  { tier, clock }: { readonly tier: Tier; readonly clock: Clock },
): Outcome {
  const { names, repeat, labels, job } = identify(work);
  const now = clock.date().toISOString();
  const { cpuTimeMs, wallTimeMs, memoryBytes, pids, outputBytes, diskBytes, cpus } = job.limits;
  return {
    id: newId(clock),
    ...names,
    attempt: 1,
    repeat,
    final: true,
    worker: null,
    labels: { ...labels },
    status,
    verdict: status === 'cancelled' ? 'skipped' : 'error',
    failures: [],
    exitCode: null,
    signal: null,
    killedBy: null,
    ...whatRan(job),
    points: work.kind === 'case' ? work.selected.case.points : null,
    image: { reference: job.image, id: job.imageId },
    startFailure: null,
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
