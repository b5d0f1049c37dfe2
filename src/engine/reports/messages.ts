/** What the main thread and the thread that writes reports say to each other. Plain data: it is cloned. */
import type { ReporterSpec, ReportStart, Summary } from '../../report/index.js';
import type { Outcome } from '../../spec/index.js';

export interface ReportThreadData {
  readonly specs: readonly ReporterSpec[];
}

/** Answered one after the other, in this order. */
export type Told =
  | { readonly kind: 'start'; readonly start: ReportStart }
  | { readonly kind: 'outcomes'; readonly outcomes: readonly Outcome[] }
  | { readonly kind: 'end'; readonly summary: Summary }
  | { readonly kind: 'abort' };

/** Null when it went well. */
export type Answer = ErrorData | null;

export interface ErrorData {
  readonly code: string | null;
  readonly message: string;
  readonly hint: string | undefined;
}
