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

/** To a thread: do this. */
export interface Request {
  /** Unique among all requests of a pool. */
  readonly id: number;
  readonly item: WorkItem;
  readonly sampleIntervalMs: number | null;
}

/** An error as it crosses to another thread, where an error of a class of ours would arrive as a mere `Error`. */
export interface ErrorData {
  /** Null for what is not a HotcellError. */
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly hint: string | undefined;
}

/** The answer to a request. */
export type Reply =
  | { readonly kind: 'done'; readonly result: WorkResult }
  | { readonly kind: 'failed'; readonly error: ErrorData };

/** From a thread on the way; `id` is the request's. What is answered at once is not said to have started. */
export type Notice =
  | { readonly kind: 'started'; readonly id: number }
  | { readonly kind: 'sample'; readonly id: number; readonly sample: Sample };

/** To all threads at once: end these requests early. It is nothing to those who have not got them. */
export interface Cancel {
  readonly ids: readonly number[];
}

/** What each thread is started with. */
export interface ThreadData {
  /** Name of the BroadcastChannel for `Cancel`. */
  readonly channel: string;
  /** The engine's, for the context that it makes. */
  readonly data: unknown;
}

export function errorData(error: unknown): ErrorData {
  if (error instanceof HotcellError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: null, message: error instanceof Error ? error.message : String(error), hint: undefined };
}

export function errorFrom({ code, message, hint }: ErrorData): HotcellError {
  return new HotcellError({ code: code ?? 'internal', message, hint });
}
