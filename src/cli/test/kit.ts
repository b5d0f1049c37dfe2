import type { ReporterSpec } from '../../engine/index.js';
import type { HostEnv, ResolvedImage, Suite } from '../../spec/index.js';
import type { Selection, SuiteEngine, SuiteReporter } from './engine.js';
import type { TestHistory } from './history.js';

export interface ReportTarget {
  readonly file: string | null;
  readonly stdout: { write(text: string): Promise<void> };
  readonly color: boolean;
  readonly columns: number | undefined;
}

/** Everything heavy that the command stands on; it is loaded when the flags are known to be right. */
export interface TestKit {
  loadSuites(
    paths: readonly string[],
    options: { readonly cwd: string; readonly allowOutside: boolean; readonly allowUnsafe: boolean },
  ): Promise<readonly Suite[]>;
  /** @returns what would run, in its order */
  select(
    suites: readonly Suite[],
    selection: Selection,
  ): readonly { readonly suite: string; readonly job: string; readonly case: string | null }[];
  /**
   * The suites with the image that each reference of what would run means now.
   *
   * @throws HotcellError `image-not-found` with a line for each that is not there, and what `find` throws
   */
  pinImages(
    suites: readonly Suite[],
    selection: Selection,
    find: (reference: string) => Promise<Pick<ResolvedImage, 'id'>>,
  ): Promise<readonly Suite[]>;
  /** @throws HotcellError `invalid-usage` */
  parseReporters(texts: readonly string[]): readonly ReporterSpec[];
  createReporter(spec: ReporterSpec, target: ReportTarget): SuiteReporter;
  /** Those that write to files, as one, in a thread of their own. */
  createFileReporters(specs: readonly ReporterSpec[]): SuiteReporter;
  openHistory(env: HostEnv): Promise<TestHistory>;
  /** @param options.jobs runs at a time; as many as the engine thinks right unless said otherwise */
  startEngine(options: { readonly jobs?: number | undefined }): Promise<SuiteEngine>;
}
