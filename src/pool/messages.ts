/** What the main thread and the threads of the pool say to each other. Plain data: it is cloned. */
import { type ErrorCode, HotcellError } from '../core/index.js';
import type { Outcome, Sample } from '../spec/index.js';
import type { BuildTask, BuiltFile, CaseTask } from '../worker/index.js';

/** Something to carry out. */
export type WorkItem =
  | { readonly kind: 'case'; readonly task: CaseTask }
  | { readonly kind: 'build'; readonly task: BuildTask };

export interface WorkResult {
  readonly outcome: Outcome;
  /** Of a build that passed; none of a case. */
  readonly files: readonly BuiltFile[];
}

/** Something to do. */
export interface Request {
  /** Unique among all requests of a pool. */
  readonly id: number;
  readonly item: WorkItem;
  readonly sampleIntervalMs: number | null;
}

/** To a thread. To end a request early is nothing to one that has not got it, or has answered. */
export type Told =
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'cancel'; readonly id: number };

/** An error as it crosses to another thread, where an error of a class of ours would arrive as a mere `Error`. */
export interface ErrorData {
  /** Null for what is not a HotcellError. */
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly hint: string | undefined;
}

/** What a request comes to. */
export type Reply =
  | { readonly kind: 'done'; readonly result: WorkResult }
  | { readonly kind: 'failed'; readonly error: ErrorData };

/** On the way to a reply. What is answered at once is not said to have started. */
export type Notice =
  | { readonly kind: 'started'; readonly id: number }
  | { readonly kind: 'sample'; readonly id: number; readonly sample: Sample };

/** From a thread; `id` is the request's. */
export type Said = Notice | { readonly kind: 'reply'; readonly id: number; readonly reply: Reply };

export function errorData(error: unknown): ErrorData {
  if (error instanceof HotcellError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: null, message: error instanceof Error ? error.message : String(error), hint: undefined };
}

export function errorFrom({ code, message, hint }: ErrorData): HotcellError {
  return new HotcellError({ code: code ?? 'internal', message, hint });
}
