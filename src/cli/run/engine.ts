import type { CopiedOutput } from '../../engine/index.js';
import type { JobInput, Outcome } from '../../spec/index.js';

/** What a run needs of the engine, and no more: tests bring a small one of their own. */
export interface Engine extends AsyncDisposable {
  start(job: JobInput, options?: StartOptions): EngineRun;
}

export interface StartOptions {
  readonly signal?: AbortSignal;
  readonly onStdout?: (chunk: Uint8Array) => void | Promise<void>;
  readonly onStderr?: (chunk: Uint8Array) => void | Promise<void>;
  readonly onOutput?: (file: CopiedOutput) => void | Promise<void>;
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly capture?: boolean;
  readonly traceSystemCalls?: boolean;
}

export interface EngineRun {
  readonly outcome: Promise<Outcome>;
  signal(name: NodeJS.Signals): void;
  resize(rows: number, cols: number): void;
}
