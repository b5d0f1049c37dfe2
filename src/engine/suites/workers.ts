import type { Outcome, Sample } from '../../spec/index.js';
import type { BuildTask, BuiltFile, CaseTask } from '../../worker/index.js';

export interface CaseWatch {
  /** Aborting ends it soon, with an outcome. */
  readonly signal: AbortSignal;
  readonly sampleIntervalMs: number | null;
  /** It has begun, in this place. */
  readonly onStarted: (worker: number) => void;
  readonly onSample: (sample: Sample) => void;
}

/** Who carries out cases and builds: threads, or this one. Rejecting is a fault of ours or of the spec. */
export interface Workers extends AsyncDisposable {
  case(task: CaseTask, watch: CaseWatch): Promise<Outcome>;
  build(
    task: BuildTask,
    watch: Pick<CaseWatch, 'signal'>,
  ): Promise<{ outcome: Outcome; files: readonly BuiltFile[] }>;
}
