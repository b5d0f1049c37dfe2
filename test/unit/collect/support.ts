import { type Job, parseJob, type RunFacts, settleJob } from '../../../src/spec/index.js';

type Metrics =
  RunFacts['metrics'] extends ReadonlyMap<infer Name, number>
    ? Partial<Record<Name & string, number>>
    : never;

export interface FactsInput extends Partial<Omit<RunFacts, 'metrics'>> {
  readonly metrics?: Metrics;
}

/** A program that ended with exit code 0, but for what is given. */
export function factsWith({ metrics = {}, ...rest }: FactsInput = {}): RunFacts {
  return {
    cause: 'none',
    exited: true,
    waitStatus: 0,
    execReached: true,
    truncated: { stdout: false, stderr: false },
    failure: null,
    ...rest,
    metrics: new Map(Object.entries(metrics)) as RunFacts['metrics'],
  };
}

export const jobWith = (part: Record<string, unknown> = {}): Job =>
  settleJob(parseJob({ command: ['./program'], ...part }), null);
