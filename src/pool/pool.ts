/** Who carries out cases and builds. */
import type { Outcome, Sample } from '../spec/index.js';
import type { BuildTask, BuiltFile, CaseTask } from '../worker/index.js';

export interface Watch {
  /** Aborting ends it soon, with an outcome that says so. */
  readonly signal: AbortSignal;
  /** How often what runs is looked at; null, as if not given, is never. */
  readonly sampleIntervalMs?: number | null | undefined;
  /** It has begun, in this place, which is the `worker` of its outcome. Again when it is tried again. */
  readonly onStarted?: ((place: number) => void) | undefined;
  /** For those who watch. One taken at the very end may be missing here; the outcome's `series` has them all. */
  readonly onSample?: ((sample: Sample) => void) | undefined;
}

export interface Pool extends AsyncDisposable {
  /**
   * Runs a case and judges it. After a fault of ours, such as a launcher or a thread that died, it is tried again, three times
   * altogether.
   *
   * @throws HotcellError as `runCase` does; `internal` when its thread died each time or cannot be started; `closed`
   */
  case(task: CaseTask, watch: Watch): Promise<Outcome>;
  /** Runs a build and saves what it makes. @throws as `case` */
  build(
    task: BuildTask,
    watch: Watch,
  ): Promise<{ readonly outcome: Outcome; readonly files: readonly BuiltFile[] }>;
  /** Ends what is running. */
  close(): Promise<void>;
}
