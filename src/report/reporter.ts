/** What every reporter is, and what it is told. A reporter sees outcomes and nothing else. */
import type { Outcome, Verdict } from '../spec/index.js';

/** The machine, and how noisy it was: what a reader needs to judge the figures. Null is not known. */
export interface HostReport {
  readonly hostname: string;
  readonly kernel: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly swapBytes: number;
  /** Of one minute. */
  readonly load: number | null;
  readonly governor: string | null;
  readonly smt: boolean | null;
  /** Share of the last ten seconds in which something waited for it, in percent; see proc_pressure(5). */
  readonly pressure: {
    readonly cpu: number | null;
    readonly memory: number | null;
    readonly io: number | null;
  };
  /** Since boot; the difference of two reports is what a run lost to the hypervisor. */
  readonly stealMs: number | null;
  readonly throttledMs: number | null;
}

export interface ReportStart {
  readonly id: string;
  /** Of Hotcell. */
  readonly version: string;
  readonly startedAt: string;
  readonly host: HostReport;
  /** How many outcomes of role `program` are to come, when no attempt is repeated. */
  readonly total: number;
  readonly suites: readonly string[];
  readonly workers: number;
}

export interface Summary {
  readonly id: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly wallMs: number;
  /** Of final outcomes of role `program`. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly total: number;
  /** Of the cases that have points, those that passed and all; null when none has. */
  readonly points: { readonly earned: number; readonly possible: number } | null;
  /** Builds that did not pass. */
  readonly failedBuilds: number;
  /** Titles of the cases that passed only after an attempt that did not. */
  readonly flaky: readonly string[];
  /** Why not everything ran; null when everything did. */
  readonly stopped: 'bail' | 'cancelled' | 'timeout' | null;
  /** Whether everything that was to run passed, no build failed and nothing was stopped. */
  readonly ok: boolean;
  readonly host: HostReport;
}

/**
 * Told of a run in this order: once `onStart`, each outcome as it comes (attempts and builds as well), once `onEnd`. What it
 * returns is waited for, and holds back the run: a reporter never queues without bound.
 */
export interface Reporter {
  onStart?(start: ReportStart): void | Promise<void>;
  onOutcome(outcome: Outcome): void | Promise<void>;
  onEnd?(summary: Summary): void | Promise<void>;
  /** Instead of `onEnd` when the run broke off through a fault of ours: half a report is removed. Must not throw. */
  onAbort?(): void | Promise<void>;
}

/** Where a reporter writes: a file, standard output, or memory in tests. */
export interface ReportSink {
  write(text: string): void | Promise<void>;
}

/** `suite › job › case` as far as they are there: what people call it in every report. */
export function titleOf({ suite, job, case: name }: Pick<Outcome, 'suite' | 'job' | 'case'>): string {
  return [suite, job, name].filter((part) => part !== null).join(' › ');
}
