import type { CompareMode } from '../../spec/index.js';

/** The two part at these bytes; `note` says what the bytes alone do not. */
export interface PlaceFinding {
  readonly kind: 'place';
  readonly expectedAt: number;
  readonly actualAt: number;
  readonly note: string | null;
}

/** They differ in a way that is at no one place. The texts are safe to show, and short. */
export interface ReasonFinding {
  readonly kind: 'reason';
  readonly reason: string;
  readonly expected: string | null;
  readonly actual: string | null;
}

export type Finding = PlaceFinding | ReasonFinding;

/** Time that several comparisons share; each takes off what it has used. */
export interface TimeBudget {
  leftMs: number;
}

export interface CompareOptions {
  readonly compare: CompareMode;
  readonly tolerance: number;
  readonly flags: string;
  /** For expressions, which may take years. */
  readonly budget: TimeBudget;
}

/** Null when what was written is as expected. */
export type Comparer = (expected: Buffer, actual: Buffer, options: CompareOptions) => Finding | null;

export const place = (expectedAt: number, actualAt: number, note: string | null = null): PlaceFinding => ({
  kind: 'place',
  expectedAt,
  actualAt,
  note,
});

/** Nothing is said of what either side holds. */
export const reason = (text: string): ReasonFinding => ({
  kind: 'reason',
  reason: text,
  expected: null,
  actual: null,
});
