import type { Reporter, ReportStart, Summary } from '../../report/index.js';
import type { Budget } from '../../schedule/index.js';
import type { Outcome, OutcomeLimits, Sample } from '../../spec/index.js';
import type { CaseKey } from './key.js';
import type { Selection } from './select.js';

/** What goes on while suites run, for whoever shows it. `key` tells attempts at the same time apart. */
export type SuiteEvent =
  | { readonly kind: 'start'; readonly start: ReportStart }
  | {
      readonly kind: 'started';
      readonly key: CaseKey;
      readonly title: string;
      readonly role: 'program' | 'build';
      readonly worker: number;
      readonly limits: OutcomeLimits;
    }
  | { readonly kind: 'sample'; readonly key: CaseKey; readonly sample: Sample }
  /** Also for what never started. */
  | { readonly kind: 'finished'; readonly key: CaseKey; readonly outcome: Outcome };

/**
 * A check in TypeScript of an outcome that has passed everything else: why it fails nevertheless. It sees of stdout and
 * stderr what the outcome keeps, see `captureBytes`.
 */
export type SuiteChecker = (outcome: Outcome) => readonly string[] | Promise<readonly string[]>;

export interface SuiteRunOptions extends Selection {
  readonly reporters?: readonly Reporter[] | undefined;
  readonly checkers?: readonly SuiteChecker[] | undefined;
  /** Aborting kills what runs and starts nothing more; the reports are complete nevertheless. */
  readonly signal?: AbortSignal | undefined;
  /** Aborting starts nothing more, and leaves what runs to finish. */
  readonly stop?: AbortSignal | undefined;
  /** At least so many further attempts for a case that does not pass; more where the suite says so. */
  readonly retries?: number | undefined;
  /** After so many that did not pass nothing more is started. */
  readonly bail?: number | undefined;
  /** For everything together. */
  readonly timeoutMs?: number | undefined;
  /** Threads; 0 runs everything in this one. One for two CPUs, 1 to 4, unless said otherwise. */
  readonly workers?: number | undefined;
  /** What may be used at a time. The machine's CPUs and 80 % of its free memory unless said otherwise. */
  readonly budget?: Partial<Budget> | undefined;
  /** How much of stdout and of stderr an outcome keeps; 64 KiB unless said otherwise. What is compared is everything. */
  readonly captureBytes?: number | undefined;
  /** How often what runs is looked at, for the series and the view; 50 ms unless said otherwise, null is never. */
  readonly sampleIntervalMs?: number | null | undefined;
  /** Outcomes of an earlier run by `keyOfOutcome`: they are taken as they are, and their cases not run again. */
  readonly done?: ReadonlyMap<CaseKey, Outcome> | undefined;
  readonly onEvent?: ((event: SuiteEvent) => void) | undefined;
}

/**
 * Suites that are being run. Iterating gives each outcome as it comes, and holds the run back while the reader is busy; who does
 * not care just awaits the summary. Leaving the iteration early cancels the run.
 */
export interface SuiteRun extends AsyncIterable<Outcome> {
  readonly id: string;
  /** Settles when everything is over and written. @throws what a reporter threw, and HotcellError as `Hotcell.run` */
  readonly summary: Promise<Summary>;
}
