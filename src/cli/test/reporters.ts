import type { ReporterName, ReporterSpec } from '../../engine/index.js';
import { wantsColor } from '../color.js';
import type { Io } from '../io/io.js';
import type { SuiteReporter } from './engine.js';
import type { TestKit } from './kit.js';
import type { ReportOut } from './report-out.js';

/** Those whose readers are shown what a run used as it went on. */
const SHOW_SERIES: ReadonlySet<ReporterName> = new Set(['html', 'json', 'jsonl']);

const SAMPLE_INTERVAL_MS = 50;

export const SUMMARY: ReporterSpec = { name: 'summary', file: null };

const isOnStdout = ({ file }: ReporterSpec): boolean => file === null;

/** What was asked for, and a summary besides, unless something else is to stand on standard output. */
export function withSummary(specs: readonly ReporterSpec[], quiet: boolean): readonly ReporterSpec[] {
  return quiet || specs.some(isOnStdout) ? specs : [...specs, SUMMARY];
}

/** Whether a report that is made for machines, or comes bit by bit, has standard output for itself. */
export const takesStdout = (specs: readonly ReporterSpec[]): boolean =>
  specs.some((spec) => isOnStdout(spec) && spec.name !== 'summary');

/** How often a run is looked at when nobody said: only if somebody is to see it. */
export const usualSampling = (specs: readonly ReporterSpec[], isLive: boolean): number | null =>
  isLive || specs.some(({ name }) => SHOW_SERIES.has(name)) ? SAMPLE_INTERVAL_MS : null;

interface Context {
  readonly io: Io;
  /** False after `--no-color`. */
  readonly color: boolean;
  readonly out: ReportOut;
}

export function makeReporters(
  kit: Pick<TestKit, 'createReporter'>,
  specs: readonly ReporterSpec[],
  { io, color, out }: Context,
): SuiteReporter[] {
  const { env, stdoutIsTty } = io;
  return specs.map((spec) =>
    kit.createReporter(spec, {
      file: spec.file,
      stdout: out,
      color: isOnStdout(spec) && wantsColor({ env, flag: color, isTty: stdoutIsTty }),
      columns: isOnStdout(spec) && stdoutIsTty ? io.columns : undefined,
    }),
  );
}

/** The same, but what goes to files is written by a thread of its own: it does not hold up what schedules. */
export function makeTestReporters(
  kit: Pick<TestKit, 'createReporter' | 'createFileReporters'>,
  specs: readonly ReporterSpec[],
  context: Context,
): SuiteReporter[] {
  const toFiles = specs.filter((spec) => !isOnStdout(spec));
  const threaded = toFiles.length === 0 ? [] : [kit.createFileReporters(toFiles)];
  return [...threaded, ...makeReporters(kit, specs.filter(isOnStdout), context)];
}
