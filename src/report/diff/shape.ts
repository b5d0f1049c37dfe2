import type { Verdict } from '../../spec/index.js';

/** What is compared of each case. */
export const FIGURES = ['wallMs', 'cpuMs', 'memoryPeakBytes'] as const;

export type Figure = (typeof FIGURES)[number];

/** One of the two runs. */
export interface DiffSide {
  readonly path: string;
  readonly id: string;
  /** Of Hotcell. */
  readonly version: string;
  readonly startedAt: string;
  /** Cases with an outcome; repetitions are one. */
  readonly cases: number;
}

export interface CaseChange {
  readonly title: string;
  /** Null where there was no such case. */
  readonly before: Verdict | null;
  readonly after: Verdict | null;
  /** Why it did not pass afterwards, or else before; null when it passed both times. */
  readonly reason: string | null;
}

export interface FigureChange {
  readonly title: string;
  readonly figure: Figure;
  /** Medians. */
  readonly before: number;
  readonly after: number;
  /** `after / before`. */
  readonly ratio: number;
  /** How many runs the medians are of. */
  readonly runs: readonly [before: number, after: number];
  /** Of the Mann-Whitney test; null when there were too few runs for one. */
  readonly p: number | null;
  /** Why this is more than noise. */
  readonly reason: string;
}

/** How all cases together moved. */
export interface Overall {
  readonly figure: Figure;
  readonly cases: number;
  /** Median of `after / before`; null without cases. */
  readonly ratio: number | null;
  /** What a change of one case had to be beyond to be listed, whether any was; empty without cases. */
  readonly thresholds: readonly string[];
}

/** What changed from one run to another. */
export interface ReportDiff {
  readonly before: DiffSide;
  readonly after: DiffSide;
  /** What makes the two hard to compare. */
  readonly warnings: readonly string[];
  /** Failed or in error now, though not before, or new; builds among them. */
  readonly newFailures: readonly CaseChange[];
  readonly fixed: readonly CaseChange[];
  readonly stillFailing: readonly CaseChange[];
  /** Passed before, not run now. */
  readonly noLongerRun: readonly CaseChange[];
  /** Now and then not passing, which they were not before. */
  readonly newlyFlaky: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Slower or larger, those that changed most first. */
  readonly more: readonly FigureChange[];
  /** Faster or smaller. */
  readonly less: readonly FigureChange[];
  readonly overall: readonly Overall[];
  /** Whether nothing that passed fails or is not run any more, and nothing new fails. */
  readonly ok: boolean;
}
