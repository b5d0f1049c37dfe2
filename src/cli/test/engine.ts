import type { Outcome, OutcomeLimits, Sample, Suite, Verdict } from '../../spec/index.js';

/** What is told of a suite's runs while they go on. `key` is the same in all events of one run. */
export type SuiteEvent =
  | { readonly kind: 'start'; readonly start: { readonly total: number } }
  | {
      readonly kind: 'started';
      readonly key: string;
      readonly title: string;
      readonly role: 'program' | 'build';
      readonly worker: number;
      readonly limits: OutcomeLimits;
    }
  | { readonly kind: 'sample'; readonly key: string; readonly sample: Sample }
  | { readonly kind: 'finished'; readonly key: string; readonly outcome: Outcome };

/** What the command needs to know of how it all ended; the history keeps it. */
export interface SuiteSummary {
  readonly total: number;
  readonly flaky: readonly string[];
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly failedBuilds: number;
  readonly stopped: 'bail' | 'cancelled' | 'timeout' | null;
  readonly ok: boolean;
}

export interface CaseInfo {
  readonly suite: string;
  readonly job: string;
  readonly case: string | null;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

export interface Budget {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly tasks: number;
}

export interface Selection {
  readonly filter?: (info: CaseInfo) => boolean;
  readonly shard?: Shard;
  readonly repeat?: number;
}

/** A reporter as far as this command calls or writes one; what `onStart` is told is only passed on. */
export interface SuiteReporter {
  onStart?(start: never): void | Promise<void>;
  onOutcome(outcome: Outcome): void | Promise<void>;
  onEnd?(summary: never): void | Promise<void>;
  onAbort?(): void | Promise<void>;
}

export interface SuiteRunOptions extends Selection {
  readonly reporters?: readonly SuiteReporter[];
  /** Ends what runs, and starts nothing more. */
  readonly signal?: AbortSignal;
  /** Starts nothing more. */
  readonly stop?: AbortSignal;
  readonly retries?: number;
  readonly bail?: number;
  readonly timeoutMs?: number;
  readonly workers?: number;
  readonly budget?: Partial<Budget>;
  readonly done?: ReadonlyMap<string, Outcome>;
  readonly onEvent?: (event: SuiteEvent) => void;
  readonly sampleIntervalMs?: number | null;
}

export interface SuiteRun extends AsyncIterable<Outcome> {
  readonly id: string;
  readonly summary: Promise<SuiteSummary>;
}

/** What `hotcell test` needs of the engine, and no more: tests bring a small one of their own. */
export interface SuiteEngine extends AsyncDisposable {
  runSuites(suites: readonly Suite[], options: SuiteRunOptions): SuiteRun;
}
